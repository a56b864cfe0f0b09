import type { LedgerEntry } from './ledger.ts';

/**
 * Layout of a ledger chunk: one byte that names the layout and the canonical form it was made with, then the entries end to
 * end, each of a key and, for alerts, a version.
 */
export const LAYOUT_VERSION = 1;
export const HASH_BYTES = 16;
const ENTRIES_PER_CHUNK = 1000;

const FIRST_ENTRIES = 64;

/** Entries of the ledger as they are going to be written. */
export class PackedEntries {
  readonly #hours: number[] = [];
  #bytes = Buffer.allocUnsafe(0);
  /** Of an entry, in bytes; the same for all. */
  #size = 0;

  add({ hour, key, version = '' }: LedgerEntry): void {
    this.#size = HASH_BYTES + version.length / 2;
    const start = this.#hours.length * this.#size;
    if (start + this.#size > this.#bytes.length) this.#grow(start);
    this.#bytes.write(key, start, 'hex');
    if (version !== '') this.#bytes.write(version, start + HASH_BYTES, 'hex');
    this.#hours.push(hour);
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
  chunks(from: number, to: number): { hour: number; entries: Uint8Array }[] {
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

  #grow(used: number): void {
    const larger = Buffer.allocUnsafe(Math.max(FIRST_ENTRIES * this.#size, used * 4));
    this.#bytes.copy(larger, 0, 0, used);
    this.#bytes = larger;
  }
}
