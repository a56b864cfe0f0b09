import { FingerprintTable } from './fingerprint-table.ts';
import { wordsOf } from './fingerprint-words.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { versionWords } from './packed-entries.ts';
import type { Stream } from './ports.ts';

/** What the ledger knows of a record. */
export type Known = 'new' | 'same' | 'changed';

/** So many hours are dense at once; the tables of others are small. */
const MAX_SPARE_TABLES = 4;

/** Entries of the ledger in memory, by their hour. */
export class LedgerTables {
  readonly #valueWords: number;
  readonly #seed: number;
  readonly #hours = new Map<number, FingerprintTable>();
  /** Of hours that were forgotten, the latest ones last. */
  #spare: FingerprintTable[] = [];

  /** @param seed see {@link FingerprintTable} */
  constructor(stream: Stream, seed: number) {
    this.#valueWords = versionWords(stream);
    this.#seed = seed;
  }

  has(hour: number): boolean {
    return this.#hours.has(hour);
  }

  /** The table of an hour, which may be empty. */
  of(hour: number): FingerprintTable {
    const table =
      this.#hours.get(hour) ?? this.#spare.pop() ?? new FingerprintTable(this.#valueWords, this.#seed);
    this.#hours.set(hour, table);
    return table;
  }

  lookUp({ hour, key, version }: LedgerEntry): Known {
    const entries = this.#hours.get(hour);
    const at = entries?.find(key) ?? -1;
    if (!entries || at < 0) return 'new';
    if (version === undefined) return 'same';
    return wordsOf(version).every((word, index) => entries.get(at + index) === word) ? 'same' : 'changed';
  }

  remember({ hour, key, version }: LedgerEntry): void {
    const entries = this.of(hour);
    const at = entries.add(key);
    if (version === undefined) return;
    for (const [index, word] of wordsOf(version).entries()) entries.set(at + index, word);
  }

  /** Forgets everything, and keeps the room that the largest tables may have taken. */
  clear(): void {
    for (const table of this.#hours.values()) table.clear();
    this.#spare = [...this.#spare, ...this.#hours.values()].slice(-MAX_SPARE_TABLES);
    this.#hours.clear();
  }
}
