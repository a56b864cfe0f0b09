import { timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import * as z from 'zod/mini';
import { quarantineRoot, STREAMS, UNREADABLE } from '../../contract.ts';
import { MAX_JSON_STRUCTURE, MAX_OBJECT_BYTES } from '../../limits.ts';
import type { JsonObject } from '../../shared/json.ts';
import { parseJsonText } from '../../shared/json-text.ts';
import { type DigestSecret, keyedDigest } from '../../shared/keyed-digest.ts';
import type { ObjectProblem, QuarantinedObject } from '../core/ports.ts';
import { canonicalJson } from '../core/records/canonical-json.ts';

/**
 * The objects of the quarantine: their keys, their content and their signatures. Whoever may write to the bucket could otherwise make
 * a replay send what they want, or delete what they put in the place of an object.
 */

const compress = promisify(gzip);
const decompress = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);

const LAST_DATED_YEAR = 9999;

/** A record, its alert type, and fewer characters for the other fields than a thousand. */
const MAX_OBJECT_STRUCTURE = 2 * MAX_JSON_STRUCTURE + 1000;

/** The field with 64 hex digits takes 81 characters. */
const LONGEST_SIGNATURE_FIELD = 200;

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

/** The signature of a JSON text under a key: copied to another key, an object does not fit it. */
const signatureOf = (secret: DigestSecret, key: string, text: string): string =>
  keyedDigest(secret, 'quarantine-object', `${key}\0${text}`);

const signatureField = (signature: string): string => `,"signature":"${signature}"}`;

/**
 * The object's content, with its signature as the last field, so that it can be checked before anything is parsed. Canonical JSON keeps
 * every digit of a number and does not recurse, so that it can write any record.
 */
export function encodeObject(object: QuarantinedObject, key: string, secret: DigestSecret): Promise<Buffer> {
  const text = canonicalJson(
    Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)),
  );
  return compress(text.slice(0, -1) + signatureField(signatureOf(secret, key, text)));
}

/** Passed on unchanged: a copy by zod may lose a `__proto__` of the record, or overflow the stack. */
const jsonObject = z.custom<JsonObject>(
  (value) => value !== null && typeof value === 'object' && !Array.isArray(value),
);

const noteShape = {
  stream: z.enum(STREAMS),
  fingerprint: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  quarantinedAt: z.string(),
  keyed: z.optional(z.literal(true)),
  redacted: z.optional(z.array(z.string())),
};

const quarantinedObject = z.union([
  z.object({
    ...noteShape,
    record: jsonObject,
    alertType: z.optional(jsonObject),
    reason: z.string(),
    httpStatus: z.number(),
  }),
  z.object({ ...noteShape, raw: z.string(), reason: z.literal(UNREADABLE) }),
]);

/** How an object is checked. */
export interface ObjectCheck {
  key: string;
  secret: DigestSecret;
  /** Objects of earlier versions have no signature. */
  acceptUnsigned: boolean;
}

/** What an object holds, or why it cannot be used. Only what is signed, or accepted without a signature, is parsed. */
export async function decodeObject(
  bytes: Buffer,
  { key, secret, acceptUnsigned }: ObjectCheck,
): Promise<QuarantinedObject | Exclude<ObjectProblem, 'gone'>> {
  try {
    const text = (await decompress(bytes, { maxOutputLength: MAX_OBJECT_BYTES })).toString();
    const signed = signedText(text);
    if (signed && !isValid(signed, secret, key)) return 'forged';
    if (!signed && !acceptUnsigned) return 'unsigned';
    const content = jsonObject.parse(parseJsonText(signed?.text ?? text, MAX_OBJECT_STRUCTURE));
    // The versions that did not sign knew no redacted objects: these marks would only take a record past the rules.
    if (!signed && ['signature', 'keyed', 'redacted'].some((field) => field in content)) return 'forged';
    return quarantinedObject.safeParse(content).data ?? 'unreadable';
  } catch {
    // Not gzip, too much of it, or not JSON: the error may quote the content.
    return 'unreadable';
  }
}

/** A text and its signature. */
interface Signed {
  text: string;
  signature: string;
}

/** Takes the signature off a text that ends with one. */
function signedText(text: string): Signed | undefined {
  const [field, signature = ''] =
    /,"signature":"([^"]*)"\}$/.exec(text.slice(-LONGEST_SIGNATURE_FIELD)) ?? [];
  return field === undefined ? undefined : { text: `${text.slice(0, -field.length)}}`, signature };
}

function isValid({ text, signature }: Signed, secret: DigestSecret, key: string): boolean {
  const expected = Buffer.from(signatureOf(secret, key, text));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
