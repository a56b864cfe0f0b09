import { MAX_JSON_STRUCTURE } from '../limits.ts';
import { holdsTooMuch, TooMuchJson } from './json-structure.ts';
import { parseExactly } from './wide-numbers.ts';

/** For text that was bounded before, or is read by a tool, whose memory is not limited. */
export const UNBOUNDED = Number.POSITIVE_INFINITY;

/**
 * Parses JSON from outside. Numbers that a double would round become `LosslessNumber`s (of the package
 * lossless-json; `isLosslessNumber` recognises them); all others are plain numbers. Of duplicate keys the last one counts, as
 * with `JSON.parse`.
 * @param text JSON, with or without a byte order mark
 * @param maxStructure how many structural characters it may have, see json-structure.ts
 * @throws {SyntaxError} when it is not JSON; its message quotes the text, so it must not be shown
 * @throws {TooMuchJson} when the memory might not hold what it describes
 */
export function parseJsonText(text: string, maxStructure = MAX_JSON_STRUCTURE): unknown {
  if (holdsTooMuch(text, maxStructure)) throw new TooMuchJson();
  return parseExactly(text.startsWith('\uFEFF') ? text.slice(1) : text);
}

/** Control characters, which JSON allows between its tokens and, escaped, in strings. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_CHARACTERS = /[\u0000-\u001f]/g;

/** More of them in one text are no mistake of a server, and would take as much memory as a text with too much structure. */
const MAX_CONTROL_CHARACTERS = MAX_JSON_STRUCTURE;

/**
 * A string of JSON that may hold raw control characters. One without an end counts, too: where it did not match, each quote in it
 * would be tried in turn, and a page that an API makes up would hold the function up for minutes.
 */
const STRING = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"?/g;

/** Each control character as JSON escapes it, at its own code. */
const ESCAPES = Array.from({ length: 0x20 }, (_, code) => `\\u${code.toString(16).padStart(4, '0')}`);

const escaped = (character: string): string => ESCAPES[character.charCodeAt(0)] ?? character;

/** How many control characters a text has; counting ends when there are too many. */
function controlCharactersIn(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length && count <= MAX_CONTROL_CHARACTERS; at++)
    if (text.charCodeAt(at) < ESCAPES.length) count++;
  return count;
}

/**
 * The same as {@link parseJsonText}, but control characters in strings may be raw: some servers do not escape them. Only a text
 * that is not JSON costs more.
 * @throws {SyntaxError} and {TooMuchJson} as {@link parseJsonText} does
 */
export function parseLenientJson(text: string): unknown {
  try {
    return parseJsonText(text);
  } catch (error) {
    if (error instanceof TooMuchJson) throw error;
    const controls = controlCharactersIn(text);
    if (controls === 0 || controls > MAX_CONTROL_CHARACTERS) throw error;
    return parseJsonText(text.replace(STRING, (string) => string.replace(CONTROL_CHARACTERS, escaped)));
  }
}
