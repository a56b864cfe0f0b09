import type { FingerprintTable } from './fingerprint-table.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import type { LedgerChunk, Stream } from './ports.ts';

/**
 * Layout of a ledger chunk: one byte that names the layout and the canonical form it was made with, then the entries end to
 * end, each of a key and, for alerts, a version.
 */
const LAYOUT_VERSION = 1;
export const HASH_BYTES = 16;
const ENTRIES_PER_CHUNK = 1000;

const BYTES_PER_WORD = 4;
const KEY_WORDS = HASH_BYTES / BYTES_PER_WORD;

/** Words of 32 bits that go with a key. */
export const versionWords = (stream: Stream): number => (stream === 'alerts' ? KEY_WORDS : 0);

const entryBytes = (stream: Stream) => HASH_BYTES + versionWords(stream) * BYTES_PER_WORD;

/** How many entries a chunk of so many bytes holds. */
export const entryCount = (stream: Stream, chunkBytes: number): number =>
  Math.floor((chunkBytes - 1) / entryBytes(stream));

/** Entries of one hour, not yet part of what a lease has written. */
export type PackedChunk = Pick<LedgerChunk, 'hour' | 'entries'>;

/** Entries of the ledger as they are going to be written. */
export class PackedEntries {
  readonly #hours: Float64Array;
  readonly #bytes: Buffer;
  /** Of an entry, in bytes; the same for all. */
  #size = 0;

  /** @param capacity how many entries there can be */
  constructor(capacity: number) {
    this.#hours = new Float64Array(capacity);
    this.#bytes = Buffer.alloc(capacity * entryBytes('alerts'));
  }

  /** Sets one entry. */
  set(index: number, { hour, key, version = '' }: LedgerEntry): void {
    this.#size = HASH_BYTES + version.length / 2;
    const start = index * this.#size;
    this.#bytes.write(key, start, 'hex');
    if (version !== '') this.#bytes.write(version, start + HASH_BYTES, 'hex');
    this.#hours[index] = hour;
  }

  at(index: number): LedgerEntry {
    const start = index * this.#size;
    const version = this.#bytes.toString('hex', start + HASH_BYTES, start + this.#size);
    return {
      hour: this.#hours[index] as number,
      key: this.#bytes.toString('hex', start, start + HASH_BYTES),
      ...(version !== '' && { version }),
    };
  }

  /** The chunks for some of them: one for each hour, and each thousand of an hour. */
  chunks(from: number, to: number): PackedChunk[] {
    const byHour = new Map<number, number[]>();
    for (let index = from; index < to; index++) {
      const hour = this.#hours[index] as number;
      const others = byHour.get(hour);
      if (others) others.push(index);
      else byHour.set(hour, [index]);
    }
    return [...byHour].flatMap(([hour, all]) =>
      Array.from({ length: Math.ceil(all.length / ENTRIES_PER_CHUNK) }, (_, chunk) => ({
        hour,
        entries: this.#chunk(all.slice(chunk * ENTRIES_PER_CHUNK, (chunk + 1) * ENTRIES_PER_CHUNK)),
      })),
    );
  }

  #chunk(chosen: readonly number[]): Uint8Array {
    const chunk = Buffer.allocUnsafe(1 + chosen.length * this.#size);
    chunk[0] = LAYOUT_VERSION;
    for (const [place, index] of chosen.entries()) {
      this.#bytes.copy(chunk, 1 + place * this.#size, index * this.#size, (index + 1) * this.#size);
    }
    return chunk;
  }
}

/** Puts a chunk's entries into a table, later ones over earlier ones. @returns false when its layout is not known here */
export function unpackInto(table: FingerprintTable, stream: Stream, entries: Uint8Array): boolean {
  const size = entryBytes(stream);
  if (entries[0] !== LAYOUT_VERSION || (entries.length - 1) % size !== 0) return false;
  const bytes = Buffer.from(entries.buffer, entries.byteOffset, entries.byteLength);
  const words = new Uint32Array(size / BYTES_PER_WORD);
  for (let at = 1; at < bytes.length; ) {
    for (let index = 0; index < words.length; index++, at += BYTES_PER_WORD)
      words[index] = bytes.readUInt32BE(at);
    const value = table.addWords(words);
    for (let index = KEY_WORDS; index < words.length; index++) {
      table.set(value + index - KEY_WORDS, words[index] as number);
    }
  }
  return true;
}
