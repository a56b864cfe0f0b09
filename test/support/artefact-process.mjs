import { inspect } from 'node:util';

/**
 * The child process of `startArtefact` (artefact.ts): argv holds the artefact's URL. It is warm between two invocations.
 * Plain JavaScript, because loading a TypeScript loader takes longer than most tests.
 */

const artefact = process.argv[2] ?? '';
const ownEnvironment = { ...process.env };
const machineNow = Date.now;

// Full jitter may be no wait at all: retries then take no time.
Math.random = () => 0;

/** Source: aws-lambda-nodejs-runtime-interface-client, LogPatch.js: how the runtime writes an error into a log of JSON lines. */
const asLambdaLogs = (_key, value) =>
  value instanceof Error
    ? {
        errorType: value.constructor.name,
        errorMessage: value.message,
        stackTrace: value.stack.split('\n'),
        ...value,
      }
    : value;

/**
 * @param {import('./artefact.ts').InvocationRequest} request
 * @returns {Promise<import('./artefact.ts').InvocationAnswer>}
 */
async function invoke(request) {
  const { id, event, requestId, environment, timeoutMs, clockOffsetMs } = request;
  process.env = { ...ownEnvironment, ...environment };
  Date.now = () => machineNow() + clockOffsetMs;
  const end = performance.now() + timeoutMs;
  try {
    const { handler } = await import(artefact);
    const context = { awsRequestId: requestId, getRemainingTimeInMillis: () => end - performance.now() };
    return { id, result: await handler(event, context) };
  } catch (error) {
    const { name, message } = error;
    const shown = inspect(error, { depth: 8, showHidden: true });
    return { id, error: { name, message, shown, logged: JSON.stringify(error, asLambdaLogs) } };
  }
}

process.on('unhandledRejection', (error) => {
  // As Lambda's runtime does: it ends the process, so that a caller that waits for an answer fails.
  console.error(error);
  process.exit(128);
});
process.on('message', (request) => {
  void invoke(request).then((answer) => process.send?.(answer));
});
// A parent that was killed leaves no orphan.
process.on('disconnect', () => process.exit());
