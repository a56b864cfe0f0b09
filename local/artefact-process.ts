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
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

process.on('message', (event) => {
  void invoke(event).then((answer) => process.send?.(answer));
});
// A parent that was killed leaves no orphan.
process.on('disconnect', () => process.exit());
