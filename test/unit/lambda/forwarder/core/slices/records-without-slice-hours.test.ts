import { expect, it } from 'vitest';
import { UNDATED_HOUR } from '../../../../../../lambda/forwarder/core/ledger/entry.ts';
import { Ledger } from '../../../../../../lambda/forwarder/core/ledger/ledger.ts';
import { secretOf } from '../../../../../../lambda/forwarder/core/ledger/salt.ts';
import { RecordsWithoutSlice } from '../../../../../../lambda/forwarder/core/slices/records-without-slice.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { HOUR_SECONDS } from '../../../../../support/stream-settings.ts';

it.each([
  ['ahead', 1, 330],
  ['of the look-back', -720, 720],
])(
  'records that come from hours %s in turn have each hour of the ledger read once',
  async (_, first, hours) => {
    const reads: number[] = [];
    const store = {
      loadLedger: async (_stream: unknown, hour: number) => {
        reads.push(hour);
        return [];
      },
    };
    const records = new RecordsWithoutSlice(
      () => new Ledger(store, 'audit-logs', secretOf('run'), () => undefined),
    );

    for (let record = 0; record < 3 * hours; record++) {
      const hour = records.hourOf(NOW + (first + (record % hours)) * HOUR_SECONDS, NOW);
      if (!records.isLoaded(hour)) await records.load(hour);
    }

    expect(reads.filter((hour) => hour === UNDATED_HOUR)).toHaveLength(1);
    expect(reads).toHaveLength(hours + 1);
  },
);
