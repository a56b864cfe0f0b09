/** A place in this project's code, as a stack names it. Node's own files end otherwise there: `node:buffer:917:45`. */
const PLACE = /(?<![\w.-])[\w.-]+\.m?[jt]s:\d+:\d+/;

/**
 * What may be shown of an unexpected error: its name and, if its stack has one, its place in the code, as in
 * `TypeError (index.mjs:119:20243)`. Its message is left out, because it may quote a record.
 */
export function unexpected(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { name, message, stack = '' } = error;
  const start = stack.indexOf(message);
  // A text in the message could look like a place. So only what follows the message is searched; if the message is not found, nothing.
  const place = start >= 0 && PLACE.exec(stack.slice(start + message.length))?.[0];
  return place ? `${name} (${place})` : name;
}
