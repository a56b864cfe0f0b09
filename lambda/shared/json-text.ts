import { LosslessNumber, parse } from 'lossless-json';

/** Digits up to this many survive a double: 15 significant ones always do. */
const SAFE_DIGITS = 15;

/**
 * Whether a text may hold a number of 16 or more digits, or one with an exponent. It matches only where a number may be, because
 * identifiers in strings often contain long digits or `3e4`. A false match costs time, never digits.
 */
const MAY_HOLD_WIDE_NUMBER = new RegExp(String.raw`(?:^|[:[,])\s*-?\d(?:[\d.]{${SAFE_DIGITS},}|[\d.]*[eE])`);

/**
 * A number by its text, decided by this text alone: the same record gives the same values on any page,
 * because its fingerprint depends on them.
 */
function numberOf(text: string): number | LosslessNumber {
  const value = Number(text);
  const wide = /[eE]/.test(text) || text.replace(/\D/g, '').length > SAFE_DIGITS;
  return wide && String(value) !== text ? new LosslessNumber(text) : value;
}

/**
 * Parses the body of an answer. Numbers that a double would round become `LosslessNumber`s (of the package
 * lossless-json; `isLosslessNumber` recognises them); all others are plain numbers. Of duplicate keys the last one counts, as
 * with `JSON.parse`.
 * @param text JSON, with or without a byte order mark
 * @throws {SyntaxError} when it is not JSON; its message quotes the text, so it must not be shown
 */
export function parseJsonText(text: string): unknown {
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (!MAY_HOLD_WIDE_NUMBER.test(json)) return JSON.parse(json);
  try {
    return parse(json, null, { parseNumber: numberOf, onDuplicateKey: ({ newValue }) => newValue });
  } catch (error) {
    // Thousands of levels overflow a recursive parser, not the built-in one: rounded digits are better than no page.
    if (error instanceof RangeError) return JSON.parse(json);
    throw error;
  }
}

/** Control characters, which JSON allows between its tokens and, escaped, in strings. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_CHARACTER = /[\u0000-\u001f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const CONTROL_CHARACTERS = /[\u0000-\u001f]/g;

/**
 * A string of JSON that may hold raw control characters. One without an end counts, too: where it did not match, each quote in it
 * would be tried in turn, and a page that an API makes up would hold the function up for minutes.
 */
const STRING = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"?/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * The same as {@link parseJsonText}, but control characters in strings may be raw: some servers do not escape them. Only a text
 * that is not JSON costs more.
 * @throws {SyntaxError} as {@link parseJsonText} does
 */
export function parseLenientJson(text: string): unknown {
  try {
    return parseJsonText(text);
  } catch (error) {
    if (!CONTROL_CHARACTER.test(text)) throw error;
    return parseJsonText(text.replace(STRING, (string) => string.replace(CONTROL_CHARACTERS, escaped)));
  }
}
