import { FingerprintTable } from '../ledger/fingerprint-table.ts';

/**
 * Keys of alerts that slices which are processed concurrently are sending for the first time. A slice does not see what the others
 * note, so without this two of them could take different alerts of one key for the first.
 */
export class NewKeys {
  /** The number of the slice that was first, by key. */
  readonly #keys: FingerprintTable;
  #slices = 0;

  /** @param seed see {@link FingerprintTable} */
  constructor(seed: number) {
    this.#keys = new FingerprintTable(1, seed);
  }

  /** @returns a number for a slice */
  join(): number {
    return ++this.#slices;
  }

  /** Whether a slice is the only one that sends a key. */
  claim(key: string, slice: number): boolean {
    const at = this.#keys.add(key);
    const first = this.#keys.get(at) || slice;
    this.#keys.set(at, first);
    return first === slice;
  }

  /** To be called when all slices have ended. */
  clear(): void {
    this.#keys.clear();
  }
}
