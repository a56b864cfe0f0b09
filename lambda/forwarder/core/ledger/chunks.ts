import type { Stream } from '../../../contract.ts';
import type { LedgerChunk } from '../state-ports.ts';
import type { LedgerEntry } from './entry.ts';
import { NO_PARTS } from './noted-parts.ts';
import { versionTag } from './salt.ts';

/** How a chunk is laid out: one byte that names the layout and its canonical form, for alerts a salt, then the entries end to end. */
interface Layout {
  id: number;
  headerBytes: number;
  entryBytes: number;
}

const KEY_BYTES = 16;
const SALT_BYTES = 8;
const TAG_BYTES = 8;
const DIGESTS = 3;
const DIGEST_BYTES = 2;

const AUDIT_LOGS: Layout = { id: 1, headerBytes: 1, entryBytes: KEY_BYTES };
/** Each entry a key, the tag of a version, and the digests of its parts. */
const ALERTS: Layout = {
  id: 3,
  headerBytes: 1 + SALT_BYTES,
  entryBytes: KEY_BYTES + TAG_BYTES + DIGESTS * DIGEST_BYTES,
};
/** The same without digests, as former versions wrote it. */
const ALERTS_FORMERLY: Layout = { ...ALERTS, id: 2, entryBytes: KEY_BYTES + TAG_BYTES };

/** The present one first. */
const LAYOUTS: Record<Stream, readonly [Layout, ...Layout[]]> = {
  'audit-logs': [AUDIT_LOGS],
  alerts: [ALERTS, ALERTS_FORMERLY],
};

/** Words of 32 bits of an unpacked entry: of an alert, the digests take two, status and severity, then events. */
export const ENTRY_WORDS: Record<Stream, number> = { 'audit-logs': 4, alerts: 8 };

const WORD_BYTES = 4;
const ENTRIES_PER_CHUNK = 1000;

const layoutOf = (stream: Stream, chunk: Uint8Array) => LAYOUTS[stream].find(({ id }) => id === chunk[0]);

/** How many entries a chunk holds; an estimate when this version does not know the layout. */
export function entryCount(stream: Stream, chunk: Uint8Array): number {
  const { headerBytes, entryBytes } = layoutOf(stream, chunk) ?? LAYOUTS[stream][0];
  return Math.max(0, Math.floor((chunk.length - headerBytes) / entryBytes));
}

/** Entries of one hour, without the fence and sequence of the lease that will write them. */
export type PackedChunk = Pick<LedgerChunk, 'hour' | 'entries'>;

/** Ledger entries in the form in which they will be written; either all have a version or none. */
export class PackedEntries {
  readonly #hours: Float64Array;
  /** Keys and versions, alternating, even if there are no versions. */
  readonly #bytes: Buffer;
  /** Three for each entry. */
  readonly #digests: Uint16Array;
  #hasVersions = false;

  /** @param capacity maximum number of entries */
  constructor(capacity: number) {
    this.#hours = new Float64Array(capacity);
    this.#bytes = Buffer.alloc(capacity * 2 * KEY_BYTES);
    this.#digests = new Uint16Array(capacity * DIGESTS);
  }

  /** Sets one entry. */
  set(index: number, { hour, key, version, parts = NO_PARTS }: LedgerEntry): void {
    const start = index * 2 * KEY_BYTES;
    this.#bytes.write(key, start, 'hex');
    this.#hasVersions = version !== undefined;
    if (version !== undefined) this.#bytes.write(version, start + KEY_BYTES, 'hex');
    this.#digests[index * DIGESTS] = parts.status;
    this.#digests[index * DIGESTS + 1] = parts.severity;
    this.#digests[index * DIGESTS + 2] = parts.events;
    this.#hours[index] = hour;
  }

  /** One entry, without its parts. */
  at(index: number): LedgerEntry {
    return {
      hour: this.#hours[index] as number,
      key: this.#hex(index * 2),
      ...(this.#hasVersions && { version: this.#hex(index * 2 + 1) }),
    };
  }

  /**
   * The chunks of a range of entries: one for each hour, and for each thousand entries of an hour.
   * @param salt for the tags, see {@link versionTag}; also that of the parts
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
    const { id, headerBytes, entryBytes } = this.#hasVersions ? ALERTS : AUDIT_LOGS;
    const chunk = Buffer.allocUnsafe(headerBytes + chosen.length * entryBytes);
    chunk[0] = id;
    if (this.#hasVersions) chunk.write(salt, 1, 'hex');
    for (const [place, index] of chosen.entries()) {
      const to = headerBytes + place * entryBytes;
      const from = index * 2 * KEY_BYTES;
      this.#bytes.copy(chunk, to, from, from + KEY_BYTES);
      if (!this.#hasVersions) continue;
      chunk.write(versionTag(salt, this.#hex(index * 2 + 1)), to + KEY_BYTES, 'hex');
      for (let digest = 0; digest < DIGESTS; digest++) {
        const place = to + KEY_BYTES + TAG_BYTES + digest * DIGEST_BYTES;
        chunk.writeUInt16BE(this.#digests[index * DIGESTS + digest] as number, place);
      }
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
  /** The entries one after the other, each in as many words of 32 bits as {@link ENTRY_WORDS} says. */
  words: Uint32Array;
}

/** @returns undefined when this version does not know the layout */
export function unpack(stream: Stream, entries: Uint8Array): UnpackedChunk | undefined {
  const layout = layoutOf(stream, entries);
  if (!layout) return undefined;
  const { headerBytes, entryBytes } = layout;
  const count = (entries.length - headerBytes) / entryBytes;
  if (count < 0 || !Number.isInteger(count)) return undefined;
  const bytes = Buffer.from(entries.buffer, entries.byteOffset, entries.byteLength);
  const stride = ENTRY_WORDS[stream];
  const words = new Uint32Array(count * stride);
  for (let entry = 0; entry < count; entry++) {
    const start = headerBytes + entry * entryBytes;
    let word = entry * stride;
    let at = 0;
    for (; at + WORD_BYTES <= entryBytes; at += WORD_BYTES) words[word++] = bytes.readUInt32BE(start + at);
    // Half a word is left of digests.
    if (at < entryBytes) words[word] = bytes.readUInt16BE(start + at) * 0x1_0000;
  }
  return { salt: bytes.toString('hex', 1, headerBytes), words };
}
