import { fingerprintOf } from '../records/identity.ts';
import { wordsOf } from './fingerprint-table.ts';

/** Random values that all parts of one run share. They are unpredictable until the run has begun. */
export interface RunSecret {
  /** Any 32 bits. Seeds the fingerprint tables, so that an attacker cannot craft records that collide in them. */
  hashSeed: number;
  /** 16 hex digits, see {@link versionTag}. */
  salt: string;
}

/** @param owner owner of the run's lease, which is random */
export function secretOf(owner: string): RunSecret {
  const secret = fingerprintOf(owner);
  return { hashSeed: wordsOf(secret)[0] as number, salt: secret.slice(16) };
}

/** Length of a salt and of a tag in hex digits: 64 bits each. */
const TAG_DIGITS = 16;

/**
 * What the ledger keeps of an alert's version: a salted hash of 64 bits. A version is compared only with the last one of
 * the same alert, so 64 bits are enough against accidents. The salt makes them enough against attackers, too: without it
 * they could craft two versions with the same tag.
 */
export const versionTag = (salt: string, version: string): string =>
  fingerprintOf(salt + version).slice(0, TAG_DIGITS);
