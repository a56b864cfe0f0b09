import { MAX_JSON_STRUCTURE } from '../limits.ts';

/**
 * What parsing a JSON text would allocate, known before it is parsed. Of a few bytes of text the parser makes objects of a hundred, so
 * the length says little: 18 MB of brackets take more memory than the function has.
 */

const [QUOTE, BACKSLASH, COMMA, COLON] = [...'"\\,:'].map((each) => each.charCodeAt(0));
const [OPEN_BRACE, OPEN_BRACKET] = [...'{['].map((each) => each.charCodeAt(0));

/** The JSON is well-formed perhaps, but it holds too much to be parsed. Its message quotes nothing of it. */
export class TooMuchJson extends Error {
  constructor() {
    super(`The JSON has more than ${MAX_JSON_STRUCTURE} structural characters.`);
    this.name = 'TooMuchJson';
  }
}

/**
 * How many structural characters of JSON a text has: opening brackets and braces, commas and colons outside of strings. Every object,
 * list, field and element brings one. A string that follows none of them counts, too, so that text that is not JSON costs no more.
 * @param atMost counting ends when there are more
 */
export function structureOf(text: string, atMost = Number.POSITIVE_INFINITY): number {
  let count = 0;
  let strings = 0;
  for (let at = 0; at < text.length && count <= atMost; ) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = afterString(text, at);
      if (++strings > count + 1) count++;
      continue;
    }
    if (code === COMMA || code === COLON || code === OPEN_BRACE || code === OPEN_BRACKET) count++;
    at++;
  }
  return count;
}

/** Whether so much would be allocated for a text that it must not be parsed. */
export const holdsTooMuch = (text: string, most = MAX_JSON_STRUCTURE): boolean =>
  text.length > most && structureOf(text, most) > most;

/** The position behind the string that starts at a quote; the end of the text if the string has none. */
export function afterString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let escapes = 0;
    while (text.charCodeAt(quote - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return quote + 1;
  }
  return text.length;
}
