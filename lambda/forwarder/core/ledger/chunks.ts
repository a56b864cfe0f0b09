import type { Stream } from '../../../contract.ts';
import type { LedgerChunk } from '../state-ports.ts';
import type { LedgerEntry } from './entry.ts';
import { versionTag } from './salt.ts';

/**
 * Layout of a ledger chunk: one byte that names the layout and the canonical form it was made with, for alerts a salt, then the
 * entries end to end, each of a key and, for alerts, the tag of a version.
 */
const LAYOUTS: Record<Stream, { layout: number; headerBytes: number; entryBytes: number }> = {
  'audit-logs': { layout: 1, headerBytes: 1, entryBytes: 16 },
  alerts: { layout: 2, headerBytes: 1 + 8, entryBytes: 16 + 8 },
};
const KEY_BYTES = 16;
const ENTRIES_PER_CHUNK = 1000;

/** How many entries a chunk of so many bytes holds. */
export function entryCount(stream: Stream, chunkBytes: number): number {
  const { headerBytes, entryBytes } = LAYOUTS[stream];
  return Math.max(0, Math.floor((chunkBytes - headerBytes) / entryBytes));
}

/** Entries of one hour, without the fence and sequence of the lease that will write them. */
export type PackedChunk = Pick<LedgerChunk, 'hour' | 'entries'>;

/** Ledger entries in the form in which they will be written; either all have a version or none. */
export class PackedEntries {
  readonly #hours: Float64Array;
  /** Keys and versions, alternating, even if there are no versions. */
  readonly #bytes: Buffer;
  #hasVersions = false;

  /** @param capacity maximum number of entries */
  constructor(capacity: number) {
    this.#hours = new Float64Array(capacity);
    this.#bytes = Buffer.alloc(capacity * 2 * KEY_BYTES);
  }

  /** Sets one entry. */
  set(index: number, { hour, key, version }: LedgerEntry): void {
    const start = index * 2 * KEY_BYTES;
    this.#bytes.write(key, start, 'hex');
    this.#hasVersions = version !== undefined;
    if (version !== undefined) this.#bytes.write(version, start + KEY_BYTES, 'hex');
    this.#hours[index] = hour;
  }

  at(index: number): LedgerEntry {
    return {
      hour: this.#hours[index] as number,
      key: this.#hex(index * 2),
      ...(this.#hasVersions && { version: this.#hex(index * 2 + 1) }),
    };
  }

  /**
   * The chunks of a range of entries: one for each hour, and for each thousand entries of an hour.
   * @param salt for the tags, see {@link versionTag}
   */
  chunks(from: number, to: number, salt: string): PackedChunk[] {
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
        entries: this.#chunk(all.slice(chunk * ENTRIES_PER_CHUNK, (chunk + 1) * ENTRIES_PER_CHUNK), salt),
      })),
    );
  }

  #chunk(chosen: readonly number[], salt: string): Uint8Array {
    const { layout, headerBytes, entryBytes } = LAYOUTS[this.#hasVersions ? 'alerts' : 'audit-logs'];
    const chunk = Buffer.allocUnsafe(headerBytes + chosen.length * entryBytes);
    chunk[0] = layout;
    if (this.#hasVersions) chunk.write(salt, 1, 'hex');
    for (const [place, index] of chosen.entries()) {
      const to = headerBytes + place * entryBytes;
      const from = index * 2 * KEY_BYTES;
      this.#bytes.copy(chunk, to, from, from + KEY_BYTES);
      if (!this.#hasVersions) continue;
      chunk.write(versionTag(salt, this.#hex(index * 2 + 1)), to + KEY_BYTES, 'hex');
    }
    return chunk;
  }

  /** A key or a version, by its place among both. */
  #hex(place: number): string {
    return this.#bytes.toString('hex', place * KEY_BYTES, (place + 1) * KEY_BYTES);
  }
}

/** The contents of a chunk. */
export interface UnpackedChunk {
  /** The salt of the tags; empty if there are none. */
  salt: string;
  /** The entries one after the other, in words of 32 bits. */
  words: Uint32Array;
}

/** @returns undefined when this version does not know the layout */
export function unpack(stream: Stream, entries: Uint8Array): UnpackedChunk | undefined {
  const { layout, headerBytes, entryBytes } = LAYOUTS[stream];
  const bodyBytes = entries.length - headerBytes;
  if (entries[0] !== layout || bodyBytes < 0 || bodyBytes % entryBytes !== 0) return undefined;
  const bytes = Buffer.from(entries.buffer, entries.byteOffset, entries.byteLength);
  const words = new Uint32Array(bodyBytes / Uint32Array.BYTES_PER_ELEMENT);
  for (let index = 0, at = headerBytes; index < words.length; index++, at += Uint32Array.BYTES_PER_ELEMENT) {
    words[index] = bytes.readUInt32BE(at);
  }
  return { salt: bytes.toString('hex', 1, headerBytes), words };
}
