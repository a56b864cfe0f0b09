import type { LedgerChunk, StateStore } from '../state-ports.ts';
import { unpack } from './chunks.ts';
import { UNDATED_HOUR } from './entry.ts';
import { FingerprintTable } from './fingerprint-table.ts';
import type { RunSecret } from './salt.ts';

/** Words of an entry of an alert: its key, then its version. */
const ENTRY_WORDS = 6;

/** No hour is later. */
const LAST_HOUR = 9_999_999_999;

/**
 * The keys of all alerts that the ledger holds from the look-back on, whatever their hour: an alert whose creation time has moved
 * to another hour is still the same alert. They are loaded when first needed, once a run: two queries, and one read unit for each
 * 170 entries. Each key takes 16 bytes of memory, and as much again while the table grows.
 */
export class LookBackKeys {
  readonly #store: Pick<StateStore, 'loadLedger'>;
  readonly #firstHour: number;
  readonly #keys: FingerprintTable;
  #loading: Promise<void> | undefined;
  #isLoaded = false;

  /** @param firstHour in which the look-back begins */
  constructor(store: Pick<StateStore, 'loadLedger'>, { hashSeed }: RunSecret, firstHour: number) {
    this.#store = store;
    this.#firstHour = firstHour;
    this.#keys = new FingerprintTable(0, hashSeed);
  }

  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Throws as {@link StateStore.loadLedger} does. */
  load(): Promise<void> {
    this.#loading ??= this.#load().catch((error) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /** Whether the ledger holds an alert with this key; everything must be loaded. */
  has(key: string): boolean {
    return this.#keys.find(key) >= 0;
  }

  /** Adds what this run has noted. A chunk that cannot be read adds nothing. */
  add({ entries }: Pick<LedgerChunk, 'entries'>): void {
    const words = unpack('alerts', entries)?.words ?? new Uint32Array(0);
    this.#keys.reserve(words.length / ENTRY_WORDS);
    for (let at = 0; at < words.length; at += ENTRY_WORDS) this.#keys.addWords(words, at);
  }

  async #load(): Promise<void> {
    const chunks = await Promise.all([
      this.#store.loadLedger('alerts', UNDATED_HOUR),
      this.#store.loadLedger('alerts', this.#firstHour, LAST_HOUR),
    ]);
    for (const chunk of chunks.flat()) this.add(chunk);
    this.#isLoaded = true;
  }
}
