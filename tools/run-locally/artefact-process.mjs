import { randomUUID } from 'node:crypto';
import { provideSecrets } from './in-process-secrets.mjs';

/**
 * The child process of `startArtefact` (artefact.ts): argv holds the artefact's URL and the timeout in milliseconds. Plain
 * JavaScript, as the artefact is: a TypeScript loader would take longer to start than both.
 */

const [artefact = '', timeoutMs = ''] = process.argv.slice(2);

/**
 * @param {unknown} event
 * @returns {Promise<import('./artefact.ts').InvocationAnswer>}
 */
async function invoke(event) {
  const end = performance.now() + Number(timeoutMs);
  const context = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => end - performance.now() };
  try {
    const { handler } = await import(artefact);
    return { result: await handler(event, context) };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { error: message, errorType: name };
  }
}

process.on('message', (/** @type {import('./artefact.ts').ArtefactMessage} */ message) => {
  if ('secrets' in message) provideSecrets(message.secrets);
  else void invoke(message.event).then((answer) => process.send?.(answer));
});
// Ctrl-C reaches every process of the terminal; when this one ends is for its parent to say.
process.on('SIGINT', () => undefined);
// A parent that was killed leaves no orphan.
process.on('disconnect', () => process.exit());
