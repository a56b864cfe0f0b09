import { type ReusedBytes, reusedBytes } from '../../../shared/http.ts';

/** Buffers larger than this are not kept for the next slice: with several slices they would add up. */
const MAX_KEPT_BYTES = 4_000_000;

/** Two buffers that pages use in turn: one holds the page in use, the other receives the next one. */
export type PageBuffers = readonly [ReusedBytes, ReusedBytes];

export const newPageBuffers = (): PageBuffers => [reusedBytes(), reusedBytes()];

/** Frees buffers that one unusually large page has grown. */
export function trimPageBuffers(buffers: PageBuffers): void {
  for (const buffer of buffers) if (buffer.bytes.length > MAX_KEPT_BYTES) buffer.bytes = Buffer.alloc(0);
}
