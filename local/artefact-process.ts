import { randomUUID } from 'node:crypto';
import type { InvocationAnswer } from './artefact.ts';

/** The child process of {@link startArtefact}: argv holds the artefact's URL and the timeout in milliseconds. */

const [artefact = '', timeoutMs = ''] = process.argv.slice(2);

const handlerOf = async (): Promise<(event: unknown, context: object) => Promise<unknown>> =>
  (await import(artefact)).handler;

async function invoke(event: unknown): Promise<InvocationAnswer> {
  const end = performance.now() + Number(timeoutMs);
  const context = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => end - performance.now() };
  try {
    const handler = await handlerOf();
    return { result: (await handler(event, context)) as never };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { error: message, errorType: name };
  }
}

process.on('message', (event) => {
  void invoke(event).then((answer) => process.send?.(answer));
});
// Ctrl-C reaches every process of the terminal; when this one ends is for its parent to say.
process.on('SIGINT', () => undefined);
// A parent that was killed leaves no orphan.
process.on('disconnect', () => process.exit());
