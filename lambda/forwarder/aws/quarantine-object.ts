import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import * as z from 'zod';
import { quarantineRoot, STREAMS, UNREADABLE } from '../../contract.ts';
import { MAX_OBJECT_BYTES } from '../../limits.ts';
import type { JsonObject } from '../../shared/json.ts';
import { parseJsonText } from '../../shared/json-text.ts';
import type { QuarantinedObject } from '../core/ports.ts';
import { canonicalJson } from '../core/records/canonical-json.ts';

/** The objects of the quarantine: their keys and their content. */

const compress = promisify(gzip);
const decompress = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);

const LAST_DATED_YEAR = 9999;

/** `yyyy/mm/dd` (UTC) of a time in epoch seconds, or `undated` for what has no such date. */
function dayOf(recordTime: number | undefined): string {
  const date = new Date((recordTime ?? Number.NaN) * 1000);
  const year = date.getUTCFullYear();
  return year >= 0 && year <= LAST_DATED_YEAR
    ? date.toISOString().slice(0, 10).replaceAll('-', '/')
    : 'undated';
}

/** Key of an object; the same record or element always has the same key. */
export const objectKey = (
  tenant: string,
  { stream, fingerprint }: QuarantinedObject,
  recordTime: number | undefined,
): string => `${quarantineRoot(tenant)}${stream}/${dayOf(recordTime)}/${fingerprint}.json.gz`;

/** The object's content. Canonical JSON keeps every digit of a number and does not recurse, so that it can write any record. */
export const encodeObject = (object: QuarantinedObject): Promise<Buffer> =>
  compress(
    canonicalJson(Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))),
  );

/** Passed on unchanged: a copy by zod may lose a `__proto__` of the record, or overflow the stack. */
const jsonObject = z.custom<JsonObject>(
  (value) => value !== null && typeof value === 'object' && !Array.isArray(value),
);

const noteShape = {
  stream: z.enum(STREAMS),
  fingerprint: z.string().regex(/^[0-9a-f]{32}$/),
  quarantinedAt: z.string(),
};

const quarantinedObject = z.union([
  z.object({
    ...noteShape,
    record: jsonObject,
    alertType: jsonObject.optional(),
    reason: z.string(),
    httpStatus: z.number(),
  }),
  z.object({ ...noteShape, raw: z.string(), reason: z.literal(UNREADABLE) }),
]);

/** The content of an object; undefined when no forwarder can have written it. */
export async function decodeObject(content: Buffer): Promise<QuarantinedObject | undefined> {
  try {
    const text = await decompress(content, { maxOutputLength: MAX_OBJECT_BYTES });
    return quarantinedObject.safeParse(parseJsonText(text.toString())).data;
  } catch {
    // Not gzip, too much of it, or not JSON: the error may quote the content.
    return undefined;
  }
}
