import type { Stream } from '../../../contract.ts';
import { reusedBytes } from '../../../shared/http.ts';
import { Batch } from '../delivery/batch.ts';
import type { RunSecret } from '../ledger/salt.ts';
import { LedgerTables } from '../ledger/tables.ts';
import type { PageBytes } from '../ports.ts';
import { CopyCounter } from './copy-counter.ts';

/** Of a page. Kept for slice after slice, more than this would add up. */
const MAX_KEPT_BYTES = 4_000_000;

/**
 * What is large of all that draining a slice takes. Slices take it over from one another: memory that comes and goes would
 * have the garbage collector look for it, which it does late, so that a long run would grow.
 */
export class SliceMemory {
  /** Records with an id of their own that the slice has met. */
  readonly seen: LedgerTables;
  readonly copies: CopyCounter;
  readonly batch = new Batch();
  readonly pageBytes: PageBytes = [reusedBytes(), reusedBytes()];

  /** @param secret of the run */
  constructor(stream: Stream, secret: RunSecret) {
    this.seen = new LedgerTables(stream, secret);
    this.copies = new CopyCounter(secret.hashSeed);
  }

  /** Forgets all of the slice that used it, and gives up what was unusually large. */
  clear(): void {
    this.seen.clear();
    this.copies.clear();
    this.batch.clear();
    for (const place of this.pageBytes)
      if (place.bytes.length > MAX_KEPT_BYTES) place.bytes = Buffer.alloc(0);
  }
}
