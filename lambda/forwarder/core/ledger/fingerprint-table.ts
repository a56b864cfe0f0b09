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

/** Entries that a new table has room for. */
const FIRST_ENTRIES = 128;

/** Growing leaves the smaller arrays as garbage, so a small table grows faster. */
const SMALL_TABLE = 8192;

/** In a fuller index, looking up a key takes too long. */
const PLACES_PER_ENTRY = 2;

/** Spreads the bits of a word over all higher ones (Knuth: 2^32 divided by the golden ratio). */
const SPREAD = 0x9e3779b1;

/**
 * A hash table from fingerprints to a few 32-bit words each, in two flat arrays, see memory/README.md: the entries one after the other,
 * and an index with the number of each entry. So what is empty in the index costs one word, not the words of an entry.
 *
 * Fingerprints are hashes, so a part of one gives its place in the index. That part is mixed with a secret seed: otherwise an
 * attacker could craft records that share a place and make every look-up slow.
 */
export class FingerprintTable {
  readonly #seed: number;
  readonly #stride: number;
  #words: Uint32Array;
  /** Where an entry begins in the words, plus one; 0 is a free place. */
  #index: Uint32Array;
  /** 32 minus the number of bits of a place. */
  #shift: number;
  /** Where the next entry begins. */
  #end = 0;

  /**
   * @param valueWords how many words go with each key
   * @param seed any 32 bits that outsiders cannot know
   */
  constructor(valueWords: number, seed: number) {
    this.#seed = seed;
    this.#stride = KEY_WORDS + valueWords;
    this.#words = new Uint32Array(FIRST_ENTRIES * this.#stride);
    this.#index = new Uint32Array(FIRST_ENTRIES * PLACES_PER_ENTRY);
    this.#shift = shiftOf(this.#index);
  }

  /** @returns the place of a key's value for {@link get} and {@link set}, valid until {@link clear}; -1 if absent */
  find(key: string): number {
    const entry = this.#index[this.#placeOf(wordsOf(key), 0)] as number;
    return entry === 0 ? -1 : entry - 1 + KEY_WORDS;
  }

  /** Adds a key with a value of zeros, unless it is there. @returns the place of its value, as {@link find} does */
  add(key: string): number {
    return this.addWords(wordsOf(key), 0);
  }

  /** The same for a key given as four words in a row. */
  addWords(words: Uint32Array, from: number): number {
    let place = this.#placeOf(words, from);
    const entry = this.#index[place] as number;
    if (entry !== 0) return entry - 1 + KEY_WORDS;
    if (this.#end === this.#words.length) {
      this.#grow(this.#capacity < SMALL_TABLE ? 4 : 2);
      place = this.#placeOf(words, from);
    }
    const at = this.#end;
    this.#end += this.#stride;
    this.#index[place] = at + 1;
    for (let index = 0; index < KEY_WORDS; index++) this.#words[at + index] = words[from + index] as number;
    return at + KEY_WORDS;
  }

  /** Reserves room for further keys at once: growing step by step would leave every smaller table as garbage. */
  reserve(keys: number): void {
    let times = 1;
    while (this.#end / this.#stride + keys > this.#capacity * times) times *= 2;
    if (times > 1) this.#grow(times);
  }

  /** Removes all keys, and keeps the memory. */
  clear(): void {
    if (this.#end === 0) return;
    this.#words.fill(0, 0, this.#end);
    this.#index.fill(0);
    this.#end = 0;
  }

  /** One word of a value. @param at the place of the value, or of a later word of it */
  get(at: number): number {
    return this.#words[at] as number;
  }

  /** Sets one word of a value. */
  set(at: number, word: number): void {
    this.#words[at] = word;
  }

  /** The place in the index of a key's entry, or the free place where that belongs. */
  #placeOf(key: Uint32Array, offset: number): number {
    const words = this.#words;
    const index = this.#index;
    const first = key[offset] as number;
    const second = key[offset + 1] as number;
    const spread = Math.imul(Math.imul(first ^ this.#seed, SPREAD) ^ second, SPREAD);
    for (let place = spread >>> this.#shift; ; place = (place + 1) & (index.length - 1)) {
      const entry = index[place] as number;
      if (entry === 0) return place;
      const at = entry - 1;
      if (
        words[at] === first &&
        words[at + 1] === second &&
        words[at + 2] === key[offset + 2] &&
        words[at + 3] === key[offset + 3]
      ) {
        return place;
      }
    }
  }

  /** How many entries there is room for. */
  get #capacity(): number {
    return this.#words.length / this.#stride;
  }

  /** @param times a power of two */
  #grow(times: number): void {
    const former = this.#words;
    this.#words = new Uint32Array(former.length * times);
    this.#words.set(former.subarray(0, this.#end));
    this.#index = new Uint32Array(this.#index.length * times);
    this.#shift = shiftOf(this.#index);
    for (let at = 0; at < this.#end; at += this.#stride) this.#index[this.#placeOf(this.#words, at)] = at + 1;
  }
}

const shiftOf = (index: Uint32Array): number => 32 - Math.log2(index.length);
