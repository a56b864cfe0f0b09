import { allEnded } from '../../common/all-ended.ts';
import { copyFingerprint, type Identity } from './fingerprint.ts';
import { FingerprintTable } from './fingerprint-table.ts';
import { wordsOf } from './fingerprint-words.ts';
import { HASH_BYTES, LAYOUT_VERSION } from './packed-entries.ts';
import type { LedgerChunk, Range, StateStore, Stream } from './ports.ts';

/**
 * The ledger: fingerprints of the records that Datadog has accepted (or that stand in quarantine), kept by the hour of
 * the record's time. Audit records take 16 bytes; alerts 32, a key and the version last forwarded.
 */
const BYTES_PER_WORD = 4;
const HASH_WORDS = HASH_BYTES / BYTES_PER_WORD;

/** Hour under which records without a usable time are noted. */
export const UNDATED_HOUR = 0;

/** One line of the ledger. */
export interface LedgerEntry {
  hour: number;
  /** 32 hex digits: the copy's fingerprint, or what an alert's own id gives. */
  key: string;
  /** 32 hex digits: the content last forwarded under the key; alerts only. */
  version?: string;
}

export const hourOf = (time: number | undefined): number =>
  time === undefined ? UNDATED_HOUR : Math.floor(time / 3600);

/**
 * The entry for a record.
 * @param copy number among identical records, from 1
 */
export function ledgerEntry(
  stream: Stream,
  identity: Identity,
  copy: number,
  time: number | undefined,
): LedgerEntry {
  const key = identity.key ?? copyFingerprint(identity.content, copy);
  return { hour: hourOf(time), key, ...(stream === 'alerts' && { version: identity.content }) };
}

const entryBytes = (stream: Stream) => (stream === 'alerts' ? 2 * HASH_BYTES : HASH_BYTES);

/** How many entries a chunk of so many bytes holds. */
export const entryCount = (stream: Stream, chunkBytes: number): number =>
  Math.floor((chunkBytes - 1) / entryBytes(stream));

/** Puts a chunk's entries into a table, later ones over earlier ones. @returns false when its layout is not known here */
function unpackInto(table: FingerprintTable, stream: Stream, { entries }: LedgerChunk): boolean {
  const size = entryBytes(stream);
  if (entries[0] !== LAYOUT_VERSION || (entries.length - 1) % size !== 0) return false;
  const bytes = Buffer.from(entries.buffer, entries.byteOffset, entries.byteLength);
  const words = new Uint32Array(size / BYTES_PER_WORD);
  for (let at = 1; at < bytes.length; ) {
    for (let index = 0; index < words.length; index++, at += BYTES_PER_WORD)
      words[index] = bytes.readUInt32BE(at);
    const value = table.addWords(words);
    for (let index = HASH_WORDS; index < words.length; index++) {
      table.set(value + index - HASH_WORDS, words[index] as number);
    }
  }
  return true;
}

/** What the ledger knows of a record. */
export type Known = 'new' | 'same' | 'changed';

/** The ledger of the hours that a slice touches, loaded as they are needed. */
export class Ledger {
  readonly #store: StateStore;
  readonly #stream: Stream;
  readonly #seed: number;
  readonly #onCorrupt: (chunk: LedgerChunk) => void;
  readonly #hours = new Map<number, FingerprintTable>();
  #gaps = 0;

  /**
   * @param seed see {@link FingerprintTable}
   * @param onCorrupt told of each chunk that cannot be read: it is skipped, which may repeat logs but loses none
   */
  constructor(store: StateStore, stream: Stream, seed: number, onCorrupt: (chunk: LedgerChunk) => void) {
    this.#store = store;
    this.#stream = stream;
    this.#seed = seed;
    this.#onCorrupt = onCorrupt;
  }

  /** Loads the hours of a range side by side. */
  async loadRange({ from, to }: Range): Promise<void> {
    const first = hourOf(from);
    const count = hourOf(to - 1) - first + 1;
    await this.loadHours(Array.from({ length: count }, (_, index) => first + index));
  }

  /** Loads hours side by side. */
  async loadHours(hours: readonly number[]): Promise<void> {
    await allEnded(hours.map((hour) => this.load(hour)));
  }

  /** Whether something that was loaded could not be read, so that records of it may look new. */
  get hasGaps(): boolean {
    return this.#gaps > 0;
  }

  isLoaded(hour: number): boolean {
    return this.#hours.has(hour);
  }

  /** Loads one hour, unless it is here already. */
  async load(hour: number): Promise<void> {
    if (this.#hours.has(hour)) return;
    const valueWords = entryBytes(this.#stream) / BYTES_PER_WORD - HASH_WORDS;
    const entries = new FingerprintTable(valueWords, this.#seed);
    for (const chunk of await this.#store.loadLedger(this.#stream, hour)) {
      if (unpackInto(entries, this.#stream, chunk)) continue;
      this.#gaps++;
      this.#onCorrupt(chunk);
    }
    // Slices that share a ledger may load an hour at once; what one has remembered since must stay.
    if (!this.#hours.has(hour)) this.#hours.set(hour, entries);
  }

  /** What is known of an entry; its hour must have been loaded. */
  lookUp({ hour, key, version }: LedgerEntry): Known {
    const entries = this.#hours.get(hour);
    const at = entries?.find(key) ?? -1;
    if (!entries || at < 0) return 'new';
    if (version === undefined) return 'same';
    return wordsOf(version).every((word, index) => entries.get(at + index) === word) ? 'same' : 'changed';
  }

  /** Remembers an entry for the rest of the slice, so that no later page offers its record again. */
  remember({ hour, key, version }: LedgerEntry): void {
    const entries = this.#hours.get(hour);
    const at = entries?.add(key) ?? -1;
    if (!entries || version === undefined) return;
    for (const [index, word] of wordsOf(version).entries()) entries.set(at + index, word);
  }
}
