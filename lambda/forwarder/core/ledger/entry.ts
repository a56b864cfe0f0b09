import type { Stream } from '../../../contract.ts';
import { HOUR_SECONDS } from '../../../limits.ts';
import { copyFingerprint, type Identity } from '../records/identity.ts';
import type { NotedParts } from './noted-parts.ts';

/** Hour of records without a usable time. */
export const UNDATED_HOUR = 0;

/** One entry of the ledger. */
export interface LedgerEntry {
  hour: number;
  /** 32 hex digits: the fingerprint of the copy, or of the alert's id. */
  key: string;
  /** 32 hex digits: the content last forwarded under the key; alerts only. */
  version?: string;
  /** Of that content, under the salt of the run; undefined when nothing is known of them. */
  parts?: NotedParts;
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
