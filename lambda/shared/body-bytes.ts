import type { ReusedBytes } from './http.ts';

/** Bodies that are larger than this are read one after another, so that they cannot fill the memory together. */
export const LARGE_BODY_BYTES = 2_000_000;

/** The part of a large body beyond that is collected in blocks of this size, and copied once its length is known. */
const BLOCK_BYTES = 256 * 1024;

/**
 * The bytes of a body while it arrives. Pieces are copied: kept as they come, pieces of one byte would take a hundred times their
 * size, and each may hold the whole block of memory that it was received in.
 */
export class BodyBytes {
  readonly #into: ReusedBytes;
  readonly #blocks: Buffer[] = [];
  #length = 0;

  /** @param into where the body will be; it grows as needed */
  constructor(into: ReusedBytes) {
    this.#into = into;
  }

  /** Adds the next piece. */
  add(piece: Buffer): void {
    const fitting = Math.min(piece.length, Math.max(0, LARGE_BODY_BYTES - this.#length));
    if (fitting > 0) {
      reserve(this.#into, this.#length + fitting, this.#length);
      piece.copy(this.#into.bytes, this.#length, 0, fitting);
      this.#length += fitting;
    }
    for (let done = fitting; done < piece.length; ) {
      const place = (this.#length - LARGE_BODY_BYTES) % BLOCK_BYTES;
      if (place === 0) this.#blocks.push(Buffer.allocUnsafe(BLOCK_BYTES));
      const copied = piece.copy(this.#blocks.at(-1) as Buffer, place, done);
      done += copied;
      this.#length += copied;
    }
  }

  /** All pieces as one; valid until the buffer that was given is used again. */
  whole(): Buffer {
    const { bytes: former } = this.#into;
    reserve(this.#into, this.#length, Math.min(this.#length, LARGE_BODY_BYTES, former.length));
    this.#blocks.forEach((block, index) => {
      block.copy(this.#into.bytes, LARGE_BODY_BYTES + index * BLOCK_BYTES);
    });
    return this.#into.bytes.subarray(0, this.#length);
  }
}

/** Makes room, and keeps what the first bytes hold. */
function reserve(place: ReusedBytes, bytes: number, used: number): void {
  if (bytes <= place.bytes.length) return;
  const larger = Buffer.allocUnsafe(Math.max(bytes, Math.min(used * 2, LARGE_BODY_BYTES)));
  place.bytes.copy(larger, 0, 0, used);
  place.bytes = larger;
}
