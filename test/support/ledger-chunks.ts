import { hash } from 'node:crypto';
import type { Stream } from '../../lambda/contract.ts';

const KEY_BYTES = 16;
const TAG_BYTES = 8;
/** What is kept of an alert's status, severity and events. */
const DIGESTS_BYTES = 3 * 2;

export interface NotedEntry {
  key: string;
  /** Of what was noted; undefined when it is none of the known ones. */
  fingerprint: string | undefined;
}

/** The layout of a chunk, written down independently of the code that writes them. */
const layoutOf = (stream: Stream) =>
  stream === 'alerts'
    ? { headerBytes: 1 + TAG_BYTES, entryBytes: KEY_BYTES + TAG_BYTES + DIGESTS_BYTES }
    : { headerBytes: 1, entryBytes: KEY_BYTES };

/** How many entries a chunk holds; a part of one counts as such. */
export function entriesIn(stream: Stream, { length }: Uint8Array): number {
  const { headerBytes, entryBytes } = layoutOf(stream);
  return (length - headerBytes) / entryBytes;
}

/** Reads ledger chunks without the code that writes them. Alerts are noted by a salted tag, so it has to know what there is. */
export class ChunkReader {
  readonly #known: () => Iterable<string>;
  /** Fingerprints by their tag, for each salt. */
  readonly #tags = new Map<string, Map<string, string>>();

  /** @param known fingerprints of alerts that may have been noted */
  constructor(known: () => Iterable<string>) {
    this.#known = known;
  }

  read(stream: Stream, entries: Uint8Array): NotedEntry[] {
    const bytes = Buffer.from(entries.buffer, entries.byteOffset, entries.byteLength);
    const { headerBytes, entryBytes } = layoutOf(stream);
    const salt = bytes.toString('hex', 1, headerBytes);
    // A part of an entry at the end is none that anybody knows.
    return Array.from({ length: Math.ceil(entriesIn(stream, entries)) }, (_, index) => {
      const start = headerBytes + index * entryBytes;
      const key = bytes.toString('hex', start, start + KEY_BYTES);
      const tag = bytes.toString('hex', start + KEY_BYTES, start + KEY_BYTES + TAG_BYTES);
      return { key, fingerprint: stream === 'alerts' ? this.#tagged(salt, tag) : key };
    });
  }

  #tagged(salt: string, tag: string): string | undefined {
    const tags = this.#tags.get(salt) ?? new Map<string, string>();
    this.#tags.set(salt, tags);
    if (!tags.has(tag)) {
      for (const fingerprint of this.#known()) {
        tags.set(hash('sha256', salt + fingerprint).slice(0, TAG_BYTES * 2), fingerprint);
      }
    }
    return tags.get(tag);
  }
}
