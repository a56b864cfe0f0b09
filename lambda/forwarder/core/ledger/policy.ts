import type { Stream } from '../../../contract.ts';
import { ledgerTtlSeconds } from '../../../limits.ts';
import type { Telemetry } from '../ports.ts';
import type { StateStore } from '../state-ports.ts';
import { Ledger } from './ledger.ts';
import type { RunSecret } from './salt.ts';

/** How one run uses the ledger of a stream. */
export interface LedgerPolicy {
  /** How long an entry is kept after it was written, in seconds. */
  ttlSeconds: number;
  /** A ledger that has loaded nothing. It warns of every chunk that it cannot read. */
  open: () => Ledger;
}

/** @param lookbackSeconds of the stream */
export const ledgerPolicy = (
  stream: Stream,
  secret: RunSecret,
  lookbackSeconds: number,
  { store, telemetry }: { store: StateStore; telemetry: Telemetry },
): LedgerPolicy => ({
  ttlSeconds: ledgerTtlSeconds(lookbackSeconds),
  open: () =>
    new Ledger(store, stream, secret, ({ hour, fence, sequence }) =>
      telemetry.warn(
        'ledger-chunk-skipped',
        'Skipped a ledger chunk that cannot be read; its logs may be repeated.',
        { code: 'ledger-chunk-corrupt', stream, hour, fence, sequence },
      ),
    ),
});
