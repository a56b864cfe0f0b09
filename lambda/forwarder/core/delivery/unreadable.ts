import { UNREADABLE } from '../../../contract.ts';
import { inPool } from '../../../shared/concurrency.ts';
import { type PackedChunk, PackedEntries } from '../ledger/chunks.ts';
import type { LedgerEntry } from '../ledger/entry.ts';
import type { DeliveryState } from './delivery-state.ts';
import type { QuarantineOptions } from './quarantine.ts';

/** Objects written concurrently. */
const WRITTEN_AT_ONCE = 8;

/** After this many objects their entries are written, so that the work of a run that ends early is not repeated. */
const NOTED_AT_ONCE = 100;

/** An element of a page that holds no record, with its entry for the ledger. */
export interface UnreadableItem {
  /** The bytes of the element. */
  raw: Buffer;
  /** Its key is the fingerprint of the bytes. */
  entry: LedgerEntry;
}

interface UnreadableOptions extends QuarantineOptions {
  state: DeliveryState;
  /** Throws when nothing may be written under the lease. */
  assertMayPost: () => void;
  /** Writes entries to the ledger. */
  remember: (chunks: readonly PackedChunk[]) => Promise<void>;
  /** Of the run, for the entries. */
  salt: string;
}

/**
 * Quarantines elements that hold no record. As with rejected records, each object is written before its ledger entry.
 * @throws as {@link Quarantine.put}, {@link StateStore.appendLedger} and `assertMayPost` do
 */
export async function quarantineUnreadable(
  items: readonly UnreadableItem[],
  { quarantine, telemetry, clock, deadline, lease, state, assertMayPost, remember, salt }: UnreadableOptions,
): Promise<void> {
  const { stream } = lease;
  for (let start = 0; start < items.length; start += NOTED_AT_ONCE) {
    const part = items.slice(start, start + NOTED_AT_ONCE);
    const entries = new PackedEntries(part.length);
    await inPool(part, WRITTEN_AT_ONCE, async ({ raw, entry }, index) => {
      assertMayPost();
      entries.set(index, entry);
      const quarantinedAt = new Date(clock.wall()).toISOString();
      await quarantine.put(
        { stream, fingerprint: entry.key, reason: UNREADABLE, raw: raw.toString('base64'), quarantinedAt },
        undefined,
        { deadline },
      );
    });
    await remember(entries.chunks(0, part.length, salt));
    state.quarantined += part.length;
  }
  telemetry.warn(
    'elements-unreadable',
    'Quarantined elements of a page of Valence that hold no record: they are not JSON, or no objects.',
    { stream, elements: items.length, fingerprint: items[0]?.entry.key },
  );
}
