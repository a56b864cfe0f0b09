/** Fingerprints as numbers: 128 bits are four words of 32 bits, in the order of their hex digits. */
const WORDS = 4;
const DIGITS_PER_WORD = 8;

/** The value of a hex digit by its character code. */
const DIGIT_VALUES = new Uint8Array(128);
for (let value = 0; value < 16; value++) DIGIT_VALUES[value.toString(16).charCodeAt(0)] = value;

const latest = { hex: '', words: new Uint32Array(WORDS) };

/**
 * The words of a fingerprint of 32 hex digits.
 * @returns an array that is good until the next call; a record's fingerprint is looked up several times in a row, and read
 *   only once
 */
export function wordsOf(hex: string): Uint32Array {
  if (hex === latest.hex) return latest.words;
  for (let index = 0, at = 0; index < WORDS; index++) {
    let word = 0;
    for (const end = at + DIGITS_PER_WORD; at < end; at++) {
      word = (word << 4) | (DIGIT_VALUES[hex.charCodeAt(at)] as number);
    }
    latest.words[index] = word;
  }
  latest.hex = hex;
  return latest.words;
}
