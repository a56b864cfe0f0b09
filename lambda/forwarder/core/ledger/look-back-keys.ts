import type { LedgerChunk, StateStore } from '../state-ports.ts';
import { entryCount, unpack } from './chunks.ts';
import { type LedgerEntry, UNDATED_HOUR } from './entry.ts';
import type { NotedParts } from './noted-parts.ts';
import type { RunSecret } from './salt.ts';
import { type Known, LedgerTables } from './tables.ts';

/** No hour is later. */
const LAST_HOUR = 9_999_999_999;

/** All entries are in one table, whatever their hour. */
const ANY_HOUR = 0;

/** The order in which chunks were written. */
const byAge = (one: LedgerChunk, other: LedgerChunk): number =>
  one.fence - other.fence || one.sequence - other.sequence;

/**
 * All alerts that the ledger holds from the look-back on, whatever their hour: an alert whose creation time has moved to another
 * hour is still the same alert. They are loaded when first needed, once a run: two queries, and one read unit for each 136
 * entries. Each takes 36 bytes of memory, and as much again while the table grows.
 */
export class LookBackKeys {
  readonly #store: Pick<StateStore, 'loadLedger'>;
  readonly #firstHour: number;
  readonly #alerts: LedgerTables;
  /** What this run has noted before everything was loaded. */
  readonly #early: LedgerChunk[] = [];
  #loading: Promise<void> | undefined;
  #isLoaded = false;

  /** @param firstHour in which the look-back begins */
  constructor(store: Pick<StateStore, 'loadLedger'>, secret: RunSecret, firstHour: number) {
    this.#store = store;
    this.#firstHour = firstHour;
    this.#alerts = new LedgerTables('alerts', secret);
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

  /** What is known of an alert in any hour; everything must be loaded. */
  lookUp(entry: LedgerEntry): Known {
    return this.#alerts.lookUp({ ...entry, hour: ANY_HOUR });
  }

  /** What was last noted of an alert's parts in any hour; undefined when its key is not known. */
  partsOf(entry: LedgerEntry): NotedParts | undefined {
    return this.#alerts.partsOf({ ...entry, hour: ANY_HOUR });
  }

  /** Adds what this run has noted. A chunk that cannot be read adds nothing. */
  add(chunk: LedgerChunk): void {
    if (this.#isLoaded) this.#addNow([chunk]);
    else this.#early.push(chunk);
  }

  #addNow(chunks: readonly LedgerChunk[]): void {
    const count = chunks.reduce((sum, { entries }) => sum + entryCount('alerts', entries), 0);
    this.#alerts.open(ANY_HOUR, count);
    for (const { entries } of chunks) {
      const unpacked = unpack('alerts', entries);
      if (unpacked) this.#alerts.add(ANY_HOUR, unpacked);
    }
  }

  async #load(): Promise<void> {
    const chunks = await Promise.all([
      this.#store.loadLedger('alerts', UNDATED_HOUR),
      this.#store.loadLedger('alerts', this.#firstHour, LAST_HOUR),
    ]);
    this.#addNow([...chunks.flat().sort(byAge), ...this.#early.splice(0)]);
    this.#isLoaded = true;
  }
}
