import { type ReusedBytes, reusedBytes } from '../../../shared/http.ts';
import type { JsonObject } from '../../../shared/json.ts';

/** The records of a page, in order. Each is parsed when it is asked for, so that thousands of them need not exist at once. */
export interface RecordList extends Iterable<JsonObject> {
  readonly length: number;
  /**
   * @returns undefined after the last record
   * @throws {SourceError} when the page turns out not to be JSON at this record
   */
  at(index: number): JsonObject | undefined;
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
