import { fingerprintOf } from '../records/identity.ts';

/** Of a salt and of a tag, in hex digits: 64 bits each. */
const TAG_DIGITS = 16;

/**
 * What the ledger keeps of an alert's version. A version is only ever compared with the last one of the same alert, so half
 * of its bits would do, were it not for those who craft two versions that share them: 64 bits take no great effort. They
 * cannot without the salt, which is random and not known before the version is noted.
 */
export const versionTag = (salt: string, version: string): string =>
  fingerprintOf(salt + version).slice(0, TAG_DIGITS);
