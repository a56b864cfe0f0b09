import { FingerprintTable, hexOf, wordsOf } from '../ledger/fingerprint-table.ts';

/** The value of a key: the content that was shown last, its creation time, its hour in the ledger, the number of the scan, marks. */
const CONTENT_WORDS = 4;
const TIME = CONTENT_WORDS;
const HOUR = TIME + 1;
const SCAN = HOUR + 1;
const MARKS = SCAN + 1;
const VALUE_WORDS = MARKS + 1;

/** What is known of a key, as bits. The first two are about the content that was shown last, the others hold for the slice. */
export const MARK = {
  /** It is forwarded, or about to be. */
  forwarded: 1,
  /** It is not sent, because it may be another content of the alert that was. */
  open: 2,
  /** One scan has shown contents with different creation times: different alerts share the key. */
  shared: 4,
  /** One scan has shown different contents with one creation time. */
  versions: 8,
  /** A content was shown that the ledger holds under the key, or that was the first under it. */
  explained: 16,
};

const OF_CONTENT = MARK.forwarded | MARK.open;

/** What a scan has shown under a key before another content. */
export interface ShownBefore {
  /** 32 hex digits. */
  content: string;
  /** Under which the ledger notes it. */
  hour: number;
  /** See {@link timeWord}. */
  time: number;
  hasSameTime: boolean;
  /** Those of {@link MARK} about it. */
  marks: number;
}

/**
 * The creation time of an alert as a word.
 * @param time epoch seconds; undefined when it has no usable time
 */
export const timeWord = (time: number | undefined): number => (time ?? -1) >>> 0;

/** What a slice has shown under the keys of alerts, in flat memory, see memory/README.md. */
export class ShownAlerts {
  readonly #keys: FingerprintTable;
  /** Number of the scan, from 1. */
  scan = 0;

  /** @param seed see {@link FingerprintTable} */
  constructor(seed: number) {
    this.#keys = new FingerprintTable(VALUE_WORDS, seed);
  }

  clear(): void {
    this.scan = 0;
    this.#keys.clear();
  }

  /**
   * To be called with each alert of a scan.
   * @param time of its creation, see {@link timeWord}
   * @param hour under which the ledger notes it
   * @returns what this scan has shown under the key, if that was another content
   */
  see(key: string, content: string, time: number, hour: number): ShownBefore | undefined {
    const keys = this.#keys;
    const at = keys.add(key);
    const lastScan = keys.get(at + SCAN);
    if (lastScan !== this.scan) keys.set(at + MARKS, keys.get(at + MARKS) & ~MARK.open);
    keys.set(at + SCAN, this.scan);
    const words = wordsOf(content);
    let isSame = true;
    for (let index = 0; index < CONTENT_WORDS; index++) isSame &&= keys.get(at + index) === words[index];
    if (isSame) return undefined;
    const before = lastScan === this.scan ? this.#shownAt(at, time) : undefined;
    for (let index = 0; index < CONTENT_WORDS; index++) keys.set(at + index, words[index] as number);
    keys.set(at + TIME, time);
    keys.set(at + HOUR, hour);
    const found = before ? (before.hasSameTime ? MARK.versions : MARK.shared) : 0;
    keys.set(at + MARKS, (keys.get(at + MARKS) & ~OF_CONTENT) | found);
    return before;
  }

  /** The marks of a key that was seen. */
  marks(key: string): number {
    return this.#keys.get(this.#keys.find(key) + MARKS);
  }

  /** Adds marks to a key that was seen. */
  mark(key: string, marks: number): void {
    const at = this.#keys.find(key) + MARKS;
    this.#keys.set(at, this.#keys.get(at) | marks);
  }

  #shownAt(at: number, time: number): ShownBefore {
    const words = Array.from({ length: CONTENT_WORDS }, (_, index) => this.#keys.get(at + index));
    return {
      content: hexOf(words),
      hour: this.#keys.get(at + HOUR),
      time: this.#keys.get(at + TIME),
      hasSameTime: this.#keys.get(at + TIME) === time,
      marks: this.#keys.get(at + MARKS),
    };
  }
}
