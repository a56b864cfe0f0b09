import { LosslessNumber } from 'lossless-json';
import { afterString } from './json-structure.ts';

/**
 * Numbers that a double would round, kept by their text. `JSON.parse` knows only doubles. So each number that may be wide becomes a
 * placeholder before a text is parsed, and its own value again afterwards. A placeholder is a number itself, so no text can be taken for
 * one: placeholder n is n times 10^100, and every number that is left has too few characters to be larger than 10^15.
 */

/** Digits up to this many survive a double: 15 significant ones always do. */
const SAFE_DIGITS = 15;

/**
 * Whether a text may hold a number of 16 or more digits, or one with an exponent. It matches only where a number may be, because
 * identifiers in strings often contain long digits or `3e4`. A false match costs time, never digits.
 */
const MAY_HOLD_WIDE_NUMBER = new RegExp(String.raw`(?:^|[:[,])\s*-?\d(?:[\d.]{${SAFE_DIGITS},}|[\d.]*[eE])`);

/** A number by the grammar of JSON. What only looks like one stays as it is, so that the parser refuses it. */
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

const SCALE = 1e100;

const QUOTE = '"'.charCodeAt(0);
const MINUS = '-'.charCodeAt(0);
const ZERO = '0'.charCodeAt(0);
const NINE = '9'.charCodeAt(0);

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
 * `JSON.parse`, but numbers that a double would round become `LosslessNumber`s (of the package lossless-json; `isLosslessNumber`
 * recognises them).
 * @throws {SyntaxError} as `JSON.parse` does
 */
export function parseExactly(json: string): unknown {
  if (!MAY_HOLD_WIDE_NUMBER.test(json)) return JSON.parse(json);
  const numbers: (number | LosslessNumber)[] = [];
  const parts: string[] = [];
  let copied = 0;
  for (let at = 0; at < json.length; ) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) {
      at = afterString(json, at);
    } else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      NUMBER.lastIndex = at;
      const [number = ''] = NUMBER.exec(json) ?? [];
      if (number.length > SAFE_DIGITS || /[eE]/.test(number)) {
        numbers.push(numberOf(number));
        // Its sign stays: without it, text that is not JSON could become a number.
        parts.push(json.slice(copied, at), `${code === MINUS ? '-' : ''}${numbers.length}e100`);
        copied = at + number.length;
      }
      at += number.length || 1;
    } else {
      at++;
    }
  }
  if (numbers.length === 0) return JSON.parse(json);
  parts.push(json.slice(copied));
  return restored(JSON.parse(parts.join('')), numbers);
}

/** Puts the numbers in the place of their placeholders, without recursion, so that hostile nesting cannot overflow the stack. */
function restored(value: unknown, numbers: readonly (number | LosslessNumber)[]): unknown {
  const root = { value };
  const open: object[] = [root];
  for (let container = open.pop(); container; container = open.pop()) {
    const fields = container as Record<string | number, unknown>;
    const visit = (key: string | number) => {
      const item = fields[key];
      if (typeof item === 'object' && item !== null) open.push(item);
      // No key is new, so `__proto__` is an own field here.
      else if (typeof item === 'number' && Math.abs(item) >= SCALE)
        fields[key] = numbers[Math.round(Math.abs(item) / SCALE) - 1];
    };
    if (Array.isArray(container)) for (let index = 0; index < container.length; index++) visit(index);
    else for (const key of Object.keys(container)) visit(key);
  }
  return root.value;
}
