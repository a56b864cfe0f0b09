import { describe, expect, it } from 'vitest';
import type { StreamState } from '../../../../lambda/forwarder/core/state-ports.ts';
import { moved } from '../../../../tools/ops/watermark.ts';

const STATE: StreamState = {
  saves: 12,
  startPoint: 1000,
  typesMissingSince: 0,
  postsOutside: 0,
  holes: [],
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
  batchCap: 1000,
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
  expect(moved(STATE, 80_000, LEDGER_FROM, false)).toEqual({
    holes: [],
    watermark: 80_000,
    finalWatermark: 50_000,
    sweepPosition: 70_000,
    sweepEnd: 73_600,
    freshEnd: 110_000,
    freshDoubtEnd: 105_000,
    sweepDoubtEnd: 73_000,
  });
});

it('a watermark that goes back below all others moves them too; unconfirmed writes stay unconfirmed', () => {
  expect(moved(STATE, 40_000, LEDGER_FROM, false)).toEqual({
    holes: [],
    watermark: 40_000,
    finalWatermark: 40_000,
    sweepPosition: 40_000,
    sweepEnd: 40_000,
    freshEnd: 110_000,
    freshDoubtEnd: 105_000,
    sweepDoubtEnd: 73_000,
  });
});

it('a range whose ledger entries may have expired counts as unconfirmed, up to the old watermark at most', () => {
  const undoubted = { ...STATE, freshDoubtEnd: 0 };

  expect(moved(undoubted, 10_000, LEDGER_FROM, false).freshDoubtEnd).toBe(20_000);
  expect(moved(undoubted, 10_000, 200_000, false).freshDoubtEnd).toBe(100_000);
  expect(moved(undoubted, 30_000, LEDGER_FROM, false).freshDoubtEnd).toBe(0);
});

it('a watermark that goes ahead moves the sweep too, and keeps the unconfirmed range above it', () => {
  expect(moved(STATE, 102_000, LEDGER_FROM, false)).toEqual({
    holes: [],
    watermark: 102_000,
    finalWatermark: 102_000,
    sweepPosition: 102_000,
    sweepEnd: 102_000,
    freshEnd: 110_000,
    freshDoubtEnd: 105_000,
    sweepDoubtEnd: 102_000,
  });
  expect(moved(STATE, 120_000, LEDGER_FROM, false)).toMatchObject({
    freshEnd: 120_000,
    freshDoubtEnd: 120_000,
  });
});

describe('holes', () => {
  const hole = (from: number, to: number) =>
    ({ from, to, status: 500, since: 90_000, refusedAt: 99_000, doubt: false }) as const;
  const state = { ...STATE, holes: [hole(40_000, 40_001), hole(60_000, 90_000)] };

  it('a watermark that goes back keeps the holes below it; what is above is read again anyway', () => {
    expect(moved(state, 80_000, LEDGER_FROM, false).holes).toEqual([
      hole(40_000, 40_001),
      hole(60_000, 80_000),
    ]);
    expect(moved(state, 50_000, LEDGER_FROM, false).holes).toEqual([hole(40_000, 40_001)]);
  });

  it('an accepted loss gives them up', () => {
    expect(moved(state, 100_000, LEDGER_FROM, true).holes).toEqual([]);
    expect(moved(state, 80_000, LEDGER_FROM, true).holes).toEqual([]);
  });
});
