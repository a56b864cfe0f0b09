import { fingerprintOf } from '../records/identity.ts';
import { wordsOf } from './fingerprint-words.ts';

/** What is random of a run, the same for all that it does. Nobody outside knows it before the run has begun. */
export interface RunSecret {
  /** Any 32 bits. For the tables of fingerprints, so that nobody can craft records that share a place in them. */
  hashSeed: number;
  /** 16 hex digits, see {@link versionTag}. */
  salt: string;
}

/** @param owner of the run's lease, which is random */
export function secretOf(owner: string): RunSecret {
  const secret = fingerprintOf(owner);
  return { hashSeed: wordsOf(secret)[0] as number, salt: secret.slice(16) };
}
