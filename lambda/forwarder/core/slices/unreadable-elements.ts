import type { Delivery } from '../delivery/delivery.ts';
import type { UnreadableItem } from '../delivery/unreadable.ts';
import { type LedgerEntry, UNDATED_HOUR } from '../ledger/entry.ts';
import type { Unreadable } from '../memory/pages.ts';
import { fingerprintOf } from '../records/identity.ts';
import type { StreamContext } from './stream-context.ts';

/**
 * Quarantines the unreadable elements of a page that are not in the ledger. An element without a record has no time either, so
 * any slice may show it: it is claimed like a record without a slice.
 * @throws as {@link Delivery.quarantineUnreadable} and {@link RecordsWithoutSlice.load} do
 */
export async function quarantineNewElements(
  { stream, recordsWithoutSlice, settings: { maxQuarantined } }: StreamContext,
  delivery: Delivery,
  elements: readonly Unreadable[],
): Promise<void> {
  if (elements.length === 0) return;
  // In a loop, because a slice that fails meanwhile unloads what was loaded.
  while (!recordsWithoutSlice.isLoaded(UNDATED_HOUR)) await recordsWithoutSlice.load(UNDATED_HOUR);
  const items: UnreadableItem[] = [];
  for (const { raw } of elements) {
    const key = fingerprintOf(raw);
    const entry: LedgerEntry = { hour: UNDATED_HOUR, key, ...(stream === 'alerts' && { version: key }) };
    if (recordsWithoutSlice.lookUp(entry) !== 'absent') continue;
    recordsWithoutSlice.claim(entry);
    items.push({ raw, entry });
    // With more than go to quarantine the run ends: the next one finds the rest.
    if (items.length > maxQuarantined) break;
  }
  if (items.length === 0) return;
  try {
    await delivery.quarantineUnreadable(items);
  } catch (error) {
    recordsWithoutSlice.release(items.map(({ entry }) => entry));
    throw error;
  }
  for (const { entry } of items) recordsWithoutSlice.confirm(entry);
}
