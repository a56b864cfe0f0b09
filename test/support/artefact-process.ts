import { inspect } from 'node:util';
import type { PublicResult } from '../../lambda/forwarder/result.ts';

/** The child process of {@link startArtefact}: argv holds the artefact's URL. It is warm between two invocations. */

/** One invocation as the parent asks for it. */
export interface InvocationRequest {
  id: number;
  event: unknown;
  requestId: string;
  /** The function's whole environment for this invocation, beside the process's own. */
  environment: Readonly<Record<string, string>>;
  /** Milliseconds that the function is given. */
  timeoutMs: number;
  /** How far the wall clock is ahead of the machine's, in milliseconds. */
  clockOffsetMs: number;
}

/** What an invocation came to. */
export type InvocationAnswer = { id: number } & (
  | { result: PublicResult & { checks?: { name: string; ok: boolean; fix: string | null }[] } }
  | {
      error: {
        name: string;
        message: string;
        /** Everything that Lambda's runtime would log of the error: stack, causes and own fields. */
        shown: string;
      };
    }
);

const artefact = process.argv[2] ?? '';
const ownEnvironment = { ...process.env };
const machineNow = Date.now;

// Full jitter may be no wait at all: retries then take no time.
Math.random = () => 0;

async function invoke(request: InvocationRequest): Promise<InvocationAnswer> {
  const { id, event, requestId, environment, timeoutMs, clockOffsetMs } = request;
  process.env = { ...ownEnvironment, ...environment };
  Date.now = () => machineNow() + clockOffsetMs;
  const end = performance.now() + timeoutMs;
  try {
    const { handler } = await import(artefact);
    const context = { awsRequestId: requestId, getRemainingTimeInMillis: () => end - performance.now() };
    return { id, result: await handler(event, context) };
  } catch (error) {
    const { name, message } = error as Error;
    return { id, error: { name, message, shown: inspect(error, { depth: 8, showHidden: true }) } };
  }
}

process.on('unhandledRejection', (error) => {
  // As Lambda's runtime does: it ends the process, so that whoever is waiting for an answer fails.
  console.error(error);
  process.exit(128);
});
process.on('message', (request: InvocationRequest) => {
  void invoke(request).then((answer) => process.send?.(answer));
});
// A parent that was killed leaves no orphan.
process.on('disconnect', () => process.exit());
