import { type ReusedBytes, reusedBytes } from '../../../shared/http.ts';
import type { JsonObject } from '../../../shared/json.ts';

/** An element of a page that holds no record: it is not JSON, or no object. */
export class Unreadable {
  /** The bytes of the element; valid as long as its page. */
  readonly raw: Buffer;

  constructor(raw: Buffer) {
    this.raw = raw;
  }
}

/**
 * The records of a page, in order, and elements that hold none. Each is parsed when it is asked for, so that thousands of them
 * need not exist at once.
 */
export interface RecordList extends Iterable<JsonObject | Unreadable> {
  readonly length: number;
  /**
   * @returns undefined after the last element
   * @throws {SourceError} when the page is not JSON here, and it is not clear where the element ends
   */
  at(index: number): JsonObject | Unreadable | undefined;
}

/** Buffers larger than this are not kept for the next slice: with several slices they would add up. */
const MAX_KEPT_BYTES = 4_000_000;

/** Two buffers that pages use in turn: one holds the page in use, the other receives the next one. */
export type PageBuffers = readonly [ReusedBytes, ReusedBytes];

export const newPageBuffers = (): PageBuffers => [reusedBytes(), reusedBytes()];

/** Frees buffers that one unusually large page has grown. */
export function trimPageBuffers(buffers: PageBuffers): void {
  for (const buffer of buffers) if (buffer.bytes.length > MAX_KEPT_BYTES) buffer.bytes = Buffer.alloc(0);
}
