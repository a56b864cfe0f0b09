/** A fingerprint of 128 bits as words of 32 bits, in the order of its hex digits. */
const KEY_WORDS = 4;
const DIGITS_PER_WORD = 8;

/** The value of a hex digit by its character code. */
const DIGIT_VALUES = new Uint8Array(128);
for (let value = 0; value < 16; value++) DIGIT_VALUES[value.toString(16).charCodeAt(0)] = value;

const latest = { hex: '', words: new Uint32Array(KEY_WORDS) };

/**
 * Converts a fingerprint of 32 hex digits to words. The last result is cached, because a record's fingerprint is looked up
 * several times in a row.
 * @returns an array that the next call overwrites
 */
export function wordsOf(hex: string): Uint32Array {
  if (hex === latest.hex) return latest.words;
  for (let index = 0, at = 0; index < KEY_WORDS; index++) {
    let word = 0;
    for (const end = at + DIGITS_PER_WORD; at < end; at++) {
      word = (word << 4) | (DIGIT_VALUES[hex.charCodeAt(at)] as number);
    }
    latest.words[index] = word;
  }
  latest.hex = hex;
  return latest.words;
}

/** The hex digits of words, as {@link wordsOf} takes them. */
export const hexOf = (words: readonly number[]): string =>
  words.map((word) => word.toString(16).padStart(DIGITS_PER_WORD, '0')).join('');

const FIRST_CAPACITY = 256;

/** Growing moves every entry and leaves garbage, so a small table grows faster. */
const SMALL_CAPACITY = 65_536;

/** In a fuller table, looking up a key takes too long. */
const MAX_LOAD = 0.7;

/** Spreads the bits of a word over all higher ones (Knuth: 2^32 divided by the golden ratio). */
const SPREAD = 0x9e3779b1;

/**
 * A hash table from fingerprints to a few 32-bit words each, in one flat array, see memory/README.md.
 *
 * Fingerprints are hashes, so a part of one gives the place of its entry. That part is mixed with a secret seed: otherwise an
 * attacker could craft records that share a place and make every look-up slow.
 */
export class FingerprintTable {
  readonly #seed: number;
  readonly #stride: number;
  #words: Uint32Array;
  /** 32 minus the number of bits of a place. */
  #shift: number;
  #size = 0;

  /**
   * @param valueWords how many words go with each key
   * @param seed any 32 bits that outsiders cannot know
   */
  constructor(valueWords: number, seed: number) {
    this.#seed = seed;
    this.#stride = KEY_WORDS + valueWords;
    this.#words = new Uint32Array(FIRST_CAPACITY * this.#stride);
    this.#shift = 32 - Math.log2(FIRST_CAPACITY);
  }

  /** @returns the place of a key's value for {@link get} and {@link set}, valid until the next {@link add}; -1 if absent */
  find(key: string): number {
    const at = this.#placeOf(wordsOf(key), 0);
    return this.#isFree(at) ? -1 : at + KEY_WORDS;
  }

  /** Adds a key with a value of zeros, unless it is there. @returns the place of its value, as {@link find} does */
  add(key: string): number {
    return this.addWords(wordsOf(key), 0);
  }

  /** The same for a key given as four words in a row. */
  addWords(words: Uint32Array, from: number): number {
    const at = this.#placeOf(words, from);
    if (!this.#isFree(at)) return at + KEY_WORDS;
    for (let index = 0; index < KEY_WORDS; index++) this.#words[at + index] = words[from + index] as number;
    if (++this.#size <= this.#capacity * MAX_LOAD) return at + KEY_WORDS;
    this.#grow(this.#capacity < SMALL_CAPACITY ? 4 : 2);
    return this.#placeOf(words, from) + KEY_WORDS;
  }

  /** Reserves room for further keys at once: growing step by step would leave every smaller table as garbage. */
  reserve(keys: number): void {
    let times = 1;
    while (this.#size + keys > this.#capacity * times * MAX_LOAD) times *= 2;
    if (times > 1) this.#grow(times);
  }

  /** Removes all keys, and keeps the memory. */
  clear(): void {
    if (this.#size === 0) return;
    this.#words.fill(0);
    this.#size = 0;
  }

  /** One word of a value. @param at the place of the value, or of a later word of it */
  get(at: number): number {
    return this.#words[at] as number;
  }

  /** Sets one word of a value. */
  set(at: number, word: number): void {
    this.#words[at] = word;
  }

  /** The place of a key, or the free place where it belongs. */
  #placeOf(key: Uint32Array, offset: number): number {
    const words = this.#words;
    const stride = this.#stride;
    const first = key[offset] as number;
    const second = key[offset + 1] as number;
    const spread = Math.imul(Math.imul(first ^ this.#seed, SPREAD) ^ second, SPREAD);
    let at = (spread >>> this.#shift) * stride;
    for (;;) {
      if (
        words[at] === first &&
        words[at + 1] === second &&
        words[at + 2] === key[offset + 2] &&
        words[at + 3] === key[offset + 3]
      ) {
        return at;
      }
      if (this.#isFree(at)) return at;
      at += stride;
      if (at === words.length) at = 0;
    }
  }

  /** A key of zeros marks a free place: no record has a fingerprint of 128 zero bits. */
  #isFree(at: number): boolean {
    return isFreeIn(this.#words, at);
  }

  /** How many places there are. */
  get #capacity(): number {
    return this.#words.length / this.#stride;
  }

  /** @param times a power of two */
  #grow(times: number): void {
    const former = this.#words;
    this.#words = new Uint32Array(former.length * times);
    this.#shift -= Math.log2(times);
    for (let from = 0; from < former.length; from += this.#stride) {
      if (isFreeIn(former, from)) continue;
      const to = this.#placeOf(former, from);
      for (let index = 0; index < this.#stride; index++) {
        this.#words[to + index] = former[from + index] as number;
      }
    }
  }
}

const isFreeIn = (words: Uint32Array, at: number): boolean =>
  words[at] === 0 && words[at + 1] === 0 && words[at + 2] === 0 && words[at + 3] === 0;
