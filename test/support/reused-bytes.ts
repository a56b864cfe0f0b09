import type { ReusedBytes } from '../../lambda/shared/http.ts';

/** Puts a body where the shipped transport would, over what was there: whoever still reads that is found out. */
export function putInto(body: Buffer, into: ReusedBytes | undefined): Buffer {
  if (!into) return body;
  if (into.bytes.length < body.length) into.bytes = Buffer.alloc(body.length);
  into.bytes.fill(0);
  body.copy(into.bytes);
  return into.bytes.subarray(0, body.length);
}
