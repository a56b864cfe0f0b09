import type { Stream } from '../../../contract.ts';
import { HOUR_SECONDS } from '../../../limits.ts';

import { copyFingerprint, type Identity } from '../records/identity.ts';

/** Hour under which records without a usable time are noted. */
export const UNDATED_HOUR = 0;

/** One line of the ledger. */
export interface LedgerEntry {
  hour: number;
  /** 32 hex digits: the copy's fingerprint, or what an alert's own id gives. */
  key: string;
  /** 32 hex digits: the content last forwarded under the key; alerts only. */
  version?: string;
}

export const hourOf = (time: number | undefined): number =>
  time === undefined ? UNDATED_HOUR : Math.floor(time / HOUR_SECONDS);

/**
 * The entry for a record.
 * @param copy number among identical records, from 1
 */
export function ledgerEntry(
  stream: Stream,
  identity: Identity,
  copy: number,
  time: number | undefined,
): LedgerEntry {
  const key = identity.key ?? copyFingerprint(identity.content, copy);
  return { hour: hourOf(time), key, ...(stream === 'alerts' && { version: identity.content }) };
}
