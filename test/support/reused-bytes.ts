import type { ReusedBytes } from '../../lambda/shared/http.ts';

/** Writes a body into the same memory as the shipped transport would, so that code that still reads the former body fails. */
export function putInto(body: Buffer, into: ReusedBytes | undefined): Buffer {
  if (!into) return body;
  if (into.bytes.length < body.length) into.bytes = Buffer.alloc(body.length);
  into.bytes.fill(0);
  body.copy(into.bytes);
  return into.bytes.subarray(0, body.length);
}
