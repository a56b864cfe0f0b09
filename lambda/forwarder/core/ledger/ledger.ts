import type { Stream } from '../../../contract.ts';
import { awaitAllThenThrow } from '../../../shared/concurrency.ts';
import type { Range } from '../ports.ts';
import type { LedgerChunk, StateStore } from '../state-ports.ts';
import { entryCount, unpack } from './chunks.ts';
import { hourOf, type LedgerEntry } from './entry.ts';
import type { NotedParts } from './noted-parts.ts';
import type { RunSecret } from './salt.ts';
import { type Known, LedgerTables } from './tables.ts';

/**
 * The ledger: fingerprints of the records that Datadog has accepted or that are in quarantine. Entries are grouped by the
 * hour of the record's time, and loaded when an hour is needed. An audit record takes 16 bytes; an alert takes 30, its key,
 * a tag of the version last forwarded, and digests of its parts.
 */
export class Ledger {
  readonly #store: Pick<StateStore, 'loadLedger'>;
  readonly #stream: Stream;
  readonly #onCorrupt: (chunk: LedgerChunk) => void;
  readonly #tables: LedgerTables;
  /** Loads in progress or done, so that slices that share a ledger load each hour once. */
  readonly #loads = new Map<number, Promise<void>>();
  readonly #hoursWithGaps = new Set<number>();
  readonly #hoursWithEntries = new Set<number>();

  /**
   * @param secret of the run
   * @param onCorrupt called for each chunk that cannot be read: it is skipped, which may repeat logs but loses none
   */
  constructor(
    store: Pick<StateStore, 'loadLedger'>,
    stream: Stream,
    secret: RunSecret,
    onCorrupt: (chunk: LedgerChunk) => void,
  ) {
    this.#store = store;
    this.#stream = stream;
    this.#onCorrupt = onCorrupt;
    this.#tables = new LedgerTables(stream, secret);
  }

  /** Loads the hours of a range concurrently. Throws as {@link StateStore.loadLedger} does, after all loads have ended. */
  async loadRange({ from, to }: Range): Promise<void> {
    const first = hourOf(from);
    const count = hourOf(to - 1) - first + 1;
    await this.loadHours(Array.from({ length: count }, (_, index) => first + index));
  }

  /** Loads hours concurrently. Throws as {@link loadRange} does. */
  async loadHours(hours: readonly number[]): Promise<void> {
    await awaitAllThenThrow(hours.map((hour) => this.load(hour)));
  }

  /** Loads one hour, unless it is loaded. */
  load(hour: number): Promise<void> {
    const load = this.#loads.get(hour) ?? this.#load(hour);
    this.#loads.set(hour, load);
    return load;
  }

  async #load(hour: number): Promise<void> {
    try {
      const chunks = await this.#store.loadLedger(this.#stream, hour);
      const count = chunks.reduce((sum, { entries }) => sum + entryCount(this.#stream, entries), 0);
      this.#tables.open(hour, count);
      if (count > 0) this.#hoursWithEntries.add(hour);
      for (const chunk of chunks) {
        const unpacked = unpack(this.#stream, chunk.entries);
        if (unpacked) {
          this.#tables.add(hour, unpacked);
        } else {
          this.#hoursWithGaps.add(hour);
          this.#onCorrupt(chunk);
        }
      }
    } catch (error) {
      this.#loads.delete(hour);
      throw error;
    }
  }

  isLoaded(hour: number): boolean {
    return this.#tables.has(hour);
  }

  /** Whether a chunk of an hour could not be read, so that records of it may look new. */
  hasGap(hour: number): boolean {
    return this.#hoursWithGaps.has(hour);
  }

  /** Whether the key of an entry is known in its hour, which must be loaded. */
  holds(entry: LedgerEntry): boolean {
    return this.#tables.holds(entry);
  }

  /** Whether anything was noted for an hour before it was loaded. */
  hasEntries(hour: number): boolean {
    return this.#hoursWithEntries.has(hour);
  }

  /** What is known of an entry; its hour must be loaded. */
  lookUp(entry: LedgerEntry): Known {
    return this.#tables.lookUp(entry);
  }

  /** What was last noted of an alert's parts; undefined when its key is not known in its hour, which must be loaded. */
  partsOf(entry: LedgerEntry): NotedParts | undefined {
    return this.#tables.partsOf(entry);
  }

  /** Adds an entry in memory; its hour must be loaded. */
  remember(entry: LedgerEntry): void {
    this.#tables.remember(entry);
  }

  /** Unloads everything; must not be called during a load. */
  clear(): void {
    this.#tables.clear();
    this.#loads.clear();
    this.#hoursWithGaps.clear();
    this.#hoursWithEntries.clear();
  }
}
