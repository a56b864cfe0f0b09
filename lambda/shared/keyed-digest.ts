import { createHmac } from 'node:crypto';

/** What a digest is for. Digests for different purposes have nothing in common, even of the same text. */
type Purpose = 'fingerprint' | 'value' | 'quarantine-object';

/** The secret of a state table, 32 random bytes, see aws/table-secret.ts. */
export type DigestSecret = Uint8Array;

/** Fingerprints keep their length of 128 bits. */
const FINGERPRINT_DIGITS = 32;

/**
 * HMAC-SHA-256 of a text, in 64 hex digits. Without the secret, a reader can neither compute the digest of a guess nor make a valid
 * one. The texts of a log may still tell what was redacted, by its place: see docs/security.md.
 */
export const keyedDigest = (secret: DigestSecret, purpose: Purpose, text: string): string =>
  createHmac('sha256', secret).update(`${purpose}\0`).update(text).digest('hex');

/** The fingerprint that is published while logs are redacted: 32 hex digits, one for each fingerprint. */
export const keyedFingerprint = (secret: DigestSecret, fingerprint: string): string =>
  keyedDigest(secret, 'fingerprint', fingerprint).slice(0, FINGERPRINT_DIGITS);

/** What takes the place of a value that is hashed: 64 hex digits. @param text a text, or canonical JSON of anything else */
export const keyedValue = (secret: DigestSecret, text: string): string => keyedDigest(secret, 'value', text);
