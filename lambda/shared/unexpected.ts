/** A place in this project's code, as a stack names it. Node's own files end otherwise there: `node:buffer:917:45`. */
const PLACE = /[\w.-]+\.m?[jt]s:\d+:\d+/;

/**
 * What may be shown of an error that nobody foresaw: its name, and where it comes from, as far as its stack tells:
 * `TypeError (index.mjs:119:20243)`. Its message may hold anything, also what stands in a record.
 */
export function unexpected(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { name, message, stack = '' } = error;
  const start = stack.indexOf(message);
  // Nothing of the message may pass for a place; where it cannot be told from the calls, there is none.
  const place = start >= 0 && PLACE.exec(stack.slice(start + message.length))?.[0];
  return place ? `${name} (${place})` : name;
}
