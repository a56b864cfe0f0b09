import { expect, it } from 'vitest';
import type { StreamState } from '../../../../lambda/forwarder/core/ports.ts';
import { moved } from '../../../../tools/ops/watermark.ts';

const STATE: StreamState = {
  watermark: 100_000,
  finalWatermark: 50_000,
  sweepPosition: 70_000,
  sweepEnd: 73_600,
  freshEnd: 110_000,
  freshDoubtEnd: 105_000,
  sweepDoubtEnd: 73_000,
  slice: 3600,
  sweepSlice: 3600,
  sweptAt: 99_000,
  lastRecordAt: 99_500,
  initialUntil: 1000,
  fence: 7,
  owner: '',
  leaseUntil: 0,
  lastRunAt: 100_100,
  clean: true,
};

/** Records before this may have left the ledger. */
const LEDGER_FROM = 20_000;

it('a watermark that goes back within the look-back moves nothing else', () => {
  expect(moved(STATE, 80_000, LEDGER_FROM)).toEqual({
    watermark: 80_000,
    finalWatermark: 50_000,
    sweepPosition: 70_000,
    sweepEnd: 73_600,
    freshEnd: 110_000,
    freshDoubtEnd: 105_000,
    sweepDoubtEnd: 73_000,
  });
});

it('a watermark that goes back below all others takes them along; what was in doubt stays so', () => {
  expect(moved(STATE, 40_000, LEDGER_FROM)).toEqual({
    watermark: 40_000,
    finalWatermark: 40_000,
    sweepPosition: 40_000,
    sweepEnd: 40_000,
    freshEnd: 110_000,
    freshDoubtEnd: 105_000,
    sweepDoubtEnd: 73_000,
  });
});

it('what the ledger may have forgotten is in doubt, up to the old watermark at most', () => {
  const undoubted = { ...STATE, freshDoubtEnd: 0 };

  expect(moved(undoubted, 10_000, LEDGER_FROM).freshDoubtEnd).toBe(20_000);
  expect(moved(undoubted, 10_000, 200_000).freshDoubtEnd).toBe(100_000);
  expect(moved(undoubted, 30_000, LEDGER_FROM).freshDoubtEnd).toBe(0);
});

it('a watermark that goes ahead takes the sweep along, and keeps the doubt above it', () => {
  expect(moved(STATE, 102_000, LEDGER_FROM)).toEqual({
    watermark: 102_000,
    finalWatermark: 102_000,
    sweepPosition: 102_000,
    sweepEnd: 102_000,
    freshEnd: 110_000,
    freshDoubtEnd: 105_000,
    sweepDoubtEnd: 102_000,
  });
  expect(moved(STATE, 120_000, LEDGER_FROM)).toMatchObject({ freshEnd: 120_000, freshDoubtEnd: 120_000 });
});
