import type { Stream } from '../../../contract.ts';
import type { RunSecret } from '../ledger/salt.ts';
import { LedgerTables } from '../ledger/tables.ts';
import { newPageBuffers, trimPageBuffers } from '../memory/pages.ts';
import { CopyCounter } from './copy-counter.ts';
import { ShownAlerts } from './shown-alerts.ts';

/** The large objects that processing a slice needs. Slices reuse them, see memory/README.md. */
export class SliceMemory {
  /** Records with an id that were seen in this slice. */
  readonly seen: LedgerTables;
  readonly shown: ShownAlerts;
  readonly copies: CopyCounter;
  readonly pageBuffers = newPageBuffers();

  constructor(stream: Stream, secret: RunSecret) {
    this.seen = new LedgerTables(stream, secret);
    this.shown = new ShownAlerts(secret.hashSeed);
    this.copies = new CopyCounter(secret.hashSeed);
  }

  clear(): void {
    this.seen.clear();
    this.shown.clear();
    this.copies.clear();
    trimPageBuffers(this.pageBuffers);
  }
}
