import { inPool } from '../../../shared/concurrency.ts';
import { type PackedChunk, PackedEntries } from '../ledger/chunks.ts';
import type { LedgerEntry } from '../ledger/entry.ts';
import { publishedFingerprint } from '../logs/build.ts';
import type { DeliveryState } from './delivery-state.ts';
import { type QuarantineOptions, quarantineFull } from './quarantine.ts';
import { quarantinedElement } from './quarantined.ts';

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
  options: UnreadableOptions,
): Promise<void> {
  const { quarantine, telemetry, clock, deadline, lease, logContext, maxQuarantined } = options;
  const { state, assertMayPost, remember, salt } = options;
  const { stream } = lease;
  const sizes = items.map(({ raw }) => (logContext.redaction?.inQuarantine ? 0 : raw.length));
  const admitted = items.slice(0, state.claimQuarantine(sizes, maxQuarantined));
  for (let start = 0; start < admitted.length; start += NOTED_AT_ONCE) {
    const part = admitted.slice(start, start + NOTED_AT_ONCE);
    const entries = new PackedEntries(part.length);
    await inPool(part, WRITTEN_AT_ONCE, async ({ raw, entry }, index) => {
      assertMayPost();
      entries.set(index, entry);
      const element = { raw, fingerprint: entry.key };
      const object = quarantinedElement(element, { stream, logContext, now: clock.wall() });
      await quarantine.put(object, undefined, { deadline });
    });
    await remember(entries.chunks(0, part.length, salt));
    state.quarantined += part.length;
  }
  if (admitted.length < items.length) throw quarantineFull(maxQuarantined);
  telemetry.warn(
    'elements-unreadable',
    'Quarantined elements of a page of Valence that hold no record: they are not JSON, or no objects.',
    {
      stream,
      elements: items.length,
      fingerprint: items[0] && publishedFingerprint(items[0].entry.key, logContext),
    },
  );
}
