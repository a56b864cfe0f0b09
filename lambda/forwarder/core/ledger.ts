import { copyFingerprint, type Identity } from './fingerprint.ts';
import type { LedgerChunk, Range, StateStore, Stream } from './ports.ts';

/**
 * The ledger: fingerprints of the records that Datadog has accepted (or that stand in quarantine), kept by the hour of
 * the record's time. Audit records take 16 bytes; alerts 32, a key and the version last forwarded.
 *
 * Layout of a chunk: one byte that names the layout and the canonical form it was made with, then the entries end to end.
 */
const LAYOUT_VERSION = 1;
const HASH_BYTES = 16;
const ENTRIES_PER_CHUNK = 1000;

/** Hour under which records without a usable time are noted. */
const UNDATED_HOUR = 0;

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

/** Packs entries of one hour into chunks. */
export function packEntries(entries: readonly LedgerEntry[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < entries.length; start += ENTRIES_PER_CHUNK) {
    const part = entries.slice(start, start + ENTRIES_PER_CHUNK);
    const hex = part.map(({ key, version = '' }) => key + version).join('');
    chunks.push(Buffer.concat([Buffer.of(LAYOUT_VERSION), Buffer.from(hex, 'hex')]));
  }
  return chunks;
}

/** @returns undefined when the chunk is not of a layout known here */
function unpackEntries(stream: Stream, chunk: LedgerChunk): { key: string; version: string }[] | undefined {
  const bytes = Buffer.from(chunk.entries.buffer, chunk.entries.byteOffset, chunk.entries.byteLength);
  const size = entryBytes(stream);
  if (bytes[0] !== LAYOUT_VERSION || (bytes.length - 1) % size !== 0) return undefined;
  const entries = [];
  for (let at = 1; at < bytes.length; at += size) {
    entries.push({
      key: bytes.toString('hex', at, at + HASH_BYTES),
      version: bytes.toString('hex', at + HASH_BYTES, at + size),
    });
  }
  return entries;
}

/** What the ledger knows of a record. */
export type Known = 'new' | 'same' | 'changed';

/** The ledger of the hours that a slice touches, loaded as they are needed. */
export class Ledger {
  readonly #store: StateStore;
  readonly #stream: Stream;
  readonly #onCorrupt: (chunk: LedgerChunk) => void;
  readonly #hours = new Map<number, Map<string, string>>();

  /** @param onCorrupt told of each chunk that cannot be read: it is skipped, which may repeat logs but loses none */
  constructor(store: StateStore, stream: Stream, onCorrupt: (chunk: LedgerChunk) => void) {
    this.#store = store;
    this.#stream = stream;
    this.#onCorrupt = onCorrupt;
  }

  /** Loads the hours of a range side by side. */
  async loadRange({ from, to }: Range): Promise<void> {
    const first = hourOf(from);
    const count = hourOf(to - 1) - first + 1;
    await Promise.all(Array.from({ length: count }, (_, index) => this.load(first + index)));
  }

  isLoaded(hour: number): boolean {
    return this.#hours.has(hour);
  }

  /** Loads one hour, unless it is here already. */
  async load(hour: number): Promise<void> {
    if (this.#hours.has(hour)) return;
    const entries = new Map<string, string>();
    for (const chunk of await this.#store.loadLedger(this.#stream, hour)) {
      const unpacked = unpackEntries(this.#stream, chunk);
      if (!unpacked) this.#onCorrupt(chunk);
      for (const { key, version } of unpacked ?? []) entries.set(key, version);
    }
    // Slices that share a ledger may load an hour at once; what one has remembered since must stay.
    if (!this.#hours.has(hour)) this.#hours.set(hour, entries);
  }

  /** What is known of an entry; its hour must have been loaded. */
  lookUp(entry: LedgerEntry): Known {
    const version = this.#hours.get(entry.hour)?.get(entry.key);
    if (version === undefined) return 'new';
    return version === (entry.version ?? '') ? 'same' : 'changed';
  }

  /** Remembers an entry for the rest of the slice, so that no later page offers its record again. */
  remember(entry: LedgerEntry): void {
    this.#hours.get(entry.hour)?.set(entry.key, entry.version ?? '');
  }
}
