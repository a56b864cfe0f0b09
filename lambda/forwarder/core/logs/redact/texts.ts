import { isLosslessNumber } from 'lossless-json';
import type { JsonObject } from '../../../../shared/json.ts';

/** Shorter values are part of too many other words. */
const MIN_SEARCHED_CHARACTERS = 3;

/** Shorter values count only as words of their own, longer ones also as a part of one. */
const SHORT_CHARACTERS = 8;

/** Replaces a removed value. */
export const REMOVED = '[redacted]';

/**
 * So many character comparisons are spent on one log, a tenth of a second. Only a hostile record needs more; its texts
 * are then removed unsearched.
 */
const MAX_COMPARISONS = 200_000_000;

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

const folded = (text: string) => text.toLowerCase();

interface Replacement {
  text: string;
  /** Also where the value is the whole value of another field. */
  alone: boolean;
}

/** Values that must not remain in the texts of a log, and what takes their place. */
export class RedactedTexts {
  #replacements = new Map<string, Replacement>();
  #comparisonsLeft = MAX_COMPARISONS;

  get size(): number {
    return this.#replacements.size;
  }

  /**
   * Notes a value. Upper and lower case are the same.
   * @param alone whether it is also replaced where it is the whole value of another field
   */
  add(value: string, replacement: string, alone: boolean): void {
    if (value.length < MIN_SEARCHED_CHARACTERS) return;
    const known = this.#replacements.get(folded(value));
    this.#replacements.set(folded(value), known ?? { text: replacement, alone });
  }

  /**
   * A copy of the value without the noted ones, in its texts and in names that are no identifiers (`anna@example.com`).
   * It does not recurse, so hostile nesting cannot overflow the stack.
   */
  clean<T>(value: T): T {
    // A name before its parts: "Anna Berg" before "Anna".
    this.#replacements = new Map([...this.#replacements].sort(([a], [b]) => b.length - a.length));
    const copy: { root?: T } = {};
    const open: { from: object; to: object }[] = [{ from: { root: value }, to: copy }];
    for (let pair = open.pop(); pair; pair = open.pop()) {
      for (const [key, item] of Object.entries(pair.from)) {
        const cleaned = this.#cleanItem(item);
        // Not an assignment: a record may have a field named __proto__.
        Object.defineProperty(pair.to, /^\w+$/.test(key) ? key : this.#cleanText(key), {
          value: cleaned,
          enumerable: true,
          writable: true,
          configurable: true,
        });
        if (cleaned !== item && typeof item === 'object') open.push({ from: item, to: cleaned as object });
      }
    }
    return copy.root as T;
  }

  /** A text without the values, an empty container that is to be filled, or anything else as it is. */
  #cleanItem(item: unknown): unknown {
    if (typeof item === 'string') return this.#cleanText(item);
    if (item === null || typeof item !== 'object' || isLosslessNumber(item)) return item;
    return Array.isArray(item) ? [] : ({} satisfies JsonObject);
  }

  #cleanText(text: string): string {
    const whole = this.#replacements.get(folded(text));
    if (whole?.alone) return whole.text;
    if (text.length <= MIN_SEARCHED_CHARACTERS) return text;
    this.#comparisonsLeft -= text.length * this.#replacements.size;
    if (this.#comparisonsLeft < 0) return REMOVED;
    const searched = folded(text);
    let cleaned = text;
    for (const [value, replacement] of this.#replacements) {
      if (value.length < text.length && searched.includes(value))
        cleaned = withoutValue(cleaned, value, replacement.text);
    }
    return cleaned;
  }
}

/** @param value folded */
function withoutValue(text: string, value: string, replacement: string): string {
  // A few letters change their length with their case; then only the given case is found.
  const searched = folded(text).length === text.length ? folded(text) : text;
  let cleaned = '';
  let done = 0;
  for (let at = searched.indexOf(value); at >= 0; at = searched.indexOf(value, at)) {
    const end = at + value.length;
    if (value.length >= SHORT_CHARACTERS || !isPartOfWord(searched, at, end)) {
      cleaned += text.slice(done, at) + replacement;
      done = end;
    }
    at = end;
  }
  return cleaned + text.slice(done);
}

const isPartOfWord = (text: string, start: number, end: number) =>
  LETTER_OR_DIGIT.test(text.charAt(start - 1)) || LETTER_OR_DIGIT.test(text.charAt(end));
