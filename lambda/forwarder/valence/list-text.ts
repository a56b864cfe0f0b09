import { MAX_JSON_STRUCTURE } from '../../limits.ts';
import { TooMuchJson } from '../../shared/json-structure.ts';

/** Finds the items of a JSON list in the bytes of a body, without parsing them. */

const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
const [QUOTE, BACKSLASH, COMMA, COLON, DOT] = [...'"\\,:.'].map((each) => each.charCodeAt(0));
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [...'{}[]'].map((each) => each.charCodeAt(0));
const [ZERO, NINE, LOWER_E, UPPER_E] = [...'09eE'].map((each) => each.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
];
const SPACES = new Set([...' \t\n\r'].map((each) => each.charCodeAt(0)));

/** What may be before and after a string; undefined is the beginning or the end of the item. */
const BEFORE_STRINGS = new Set([undefined, OPEN_BRACE, OPEN_BRACKET, COMMA, COLON]);
const AFTER_STRINGS = new Set([undefined, CLOSE_BRACE, CLOSE_BRACKET, COMMA, COLON]);

/** How a further item begins. */
const NEXT_ITEM = /,\s*\{/;

/** A number of more characters may have digits that a double would round. */
const SAFE_NUMBER_CHARACTERS = 15;

/** The positions of a list and its items in the bytes of a body; each end is the position after the last byte. */
export interface ListText {
  start: number;
  end: number;
  /** The starts and ends of all items, in turn. */
  bounds: readonly number[];
  /** Whether some item may hold a number of 16 or more digits, or one with an exponent. */
  mayHoldWideNumbers: boolean;
}

/**
 * Finds the first list under a key, by counting brackets and skipping strings. It validates nothing
 * else: the caller must parse the items, and parse the rest of the body to check that the list is in the right place.
 * @param key undefined when the body itself is the list
 * @returns undefined when there is none, or when this simple search cannot find it, or its brackets do not match
 * @throws {TooMuchJson} when it has more items than may be parsed at once
 */
export function findList(bytes: Buffer, key: string | undefined): ListText | undefined {
  const start = key === undefined ? afterSpaces(bytes, startOf(bytes)) : startUnder(bytes, key);
  if (bytes[start] !== OPEN_BRACKET) return undefined;
  const bounds: number[] = [];
  const numbers = { wide: false };
  let at = afterSpaces(bytes, start + 1);
  if (bytes[at] !== CLOSE_BRACKET) {
    for (;;) {
      let end = bytes[at] === OPEN_BRACE ? endOfObject(bytes, at, numbers) : at;
      if (end < 0) return undefined;
      let next = afterSpaces(bytes, end);
      if (end === at || (bytes[next] !== COMMA && bytes[next] !== CLOSE_BRACKET)) {
        next = endOfOther(bytes, end);
        if (next < 0) return undefined;
        end = beforeSpaces(bytes, at, next);
      }
      if (bounds.length >= 2 * MAX_JSON_STRUCTURE) throw new TooMuchJson();
      bounds.push(at, end);
      at = next;
      if (bytes[at] === CLOSE_BRACKET) break;
      at = afterSpaces(bytes, at + 1);
    }
  }
  return { start, end: at + 1, bounds, mayHoldWideNumbers: numbers.wide };
}

/** Where the text begins: some servers put a byte order mark before it. */
export const startOf = (bytes: Buffer): number =>
  bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;

/** Where the value of the first such key begins; -1 without one. */
function startUnder(bytes: Buffer, key: string): number {
  const label = Buffer.from(JSON.stringify(key));
  const found = bytes.indexOf(label);
  if (found < 0) return -1;
  const colon = afterSpaces(bytes, found + label.length);
  return bytes[colon] === COLON ? afterSpaces(bytes, colon + 1) : -1;
}

function afterSpaces(bytes: Buffer, from: number): number {
  let at = from;
  while (SPACES.has(bytes[at] as number)) at++;
  return at;
}

function beforeSpaces(bytes: Buffer, from: number, end: number): number {
  let at = end;
  while (at > from && SPACES.has(bytes[at - 1] as number)) at--;
  return at;
}

/** The comma or bracket behind an item that is not an object, or not only one; -1 when brackets do not match. */
function endOfOther(bytes: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (depth === 0 && (byte === COMMA || byte === CLOSE_BRACKET)) return at;
    if (byte === QUOTE) {
      at = endOfString(bytes, at);
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth++;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (--depth < 0) return -1;
    }
  }
  return -1;
}

/** The closing quote of the string that starts here. */
function endOfString(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

/**
 * Whether the text between two bounds is certainly one item, although it is not JSON. Its brackets must match. An odd quote hides
 * brackets and commas, so that items up to the next odd quote look like one. So each quote must be where JSON has quotes, or no
 * further object may begin after a comma.
 */
export function isOneItem(item: Buffer): boolean {
  // Not a list, which would take eight bytes for each of millions of brackets.
  const open = Buffer.alloc(Math.ceil(item.length / 2));
  let depth = 0;
  let mayHideItems = false;
  for (let at = 0; at < item.length; at++) {
    const byte = item[at] as number;
    if (byte === QUOTE) {
      const end = endOfString(item, at);
      const before = beforeSpaces(item, 0, at) - 1;
      const after = afterSpaces(item, end + 1);
      mayHideItems ||= !BEFORE_STRINGS.has(item[before]) || !AFTER_STRINGS.has(item[after]);
      at = end;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      // More than half of them can never all be closed.
      if (depth === open.length) return false;
      open[depth++] = byte;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0 || open[--depth] !== (byte === CLOSE_BRACE ? OPEN_BRACE : OPEN_BRACKET)) return false;
    }
  }
  return depth === 0 && !(mayHideItems && NEXT_ITEM.test(item.toString('latin1')));
}

/** Where the object that starts here ends; -1 when it does not. */
function endOfObject(bytes: Buffer, start: number, numbers: { wide: boolean }): number {
  const size = bytes.length;
  let depth = 0;
  for (let at = start; at < size; ) {
    const byte = bytes[at++] as number;
    if (byte === QUOTE) {
      while (at < size && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
      at++;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth++;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (--depth === 0) return at;
    } else if (byte >= ZERO && byte <= NINE) {
      const first = at - 1;
      while (isDigit(bytes[at] as number) || bytes[at] === DOT) at++;
      const isLong = at - first > SAFE_NUMBER_CHARACTERS;
      if (isLong || bytes[at] === LOWER_E || bytes[at] === UPPER_E) numbers.wide = true;
    }
  }
  return -1;
}

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= NINE;
