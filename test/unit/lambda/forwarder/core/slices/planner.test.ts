import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sliceRules } from '../../../../../../lambda/forwarder/core/slices/planner.ts';
import { sweepCycleSeconds } from '../../../../../../lambda/limits.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const plan = { watermark: 1000, slice: 100, target: 1250, parallel: 4, bounded: true };

describe('the halves of a range', () => {
  it('meet, and the first one is longer where they cannot be alike', () => {
    expect(sliceRules.halves({ from: 10, to: 15 })).toEqual([
      { from: 10, to: 13 },
      { from: 13, to: 15 },
    ]);
  });

  it('of a single second are that second and nothing', () => {
    expect(sliceRules.halves({ from: 10, to: 11 })).toEqual([
      { from: 10, to: 11 },
      { from: 11, to: 11 },
    ]);
  });
});

describe('planning the catch-up', () => {
  it('does not read the newest seconds', () => {
    expect(sliceRules.catchUpTarget(1000, 120)).toBe(880);
  });

  it('cuts what is left into concurrent slices, the last one ending at the target', () => {
    expect(sliceRules.planCatchUp(plan)).toEqual([
      { from: 1000, to: 1100 },
      { from: 1100, to: 1200 },
      { from: 1200, to: 1250 },
    ]);
  });

  it('processes no more slices at once than allowed', () => {
    expect(sliceRules.planCatchUp({ ...plan, parallel: 2 })).toEqual([
      { from: 1000, to: 1100 },
      { from: 1100, to: 1200 },
    ]);
  });

  it('takes one slice up to now when the source knows no upper bound', () => {
    expect(sliceRules.planCatchUp({ ...plan, bounded: false })).toEqual([{ from: 1000, to: 1250 }]);
  });

  it('leaves no gap and no overlap, whatever the numbers', () => {
    const positive = fc.integer({ min: 1, max: 10 * DAY });
    fc.assert(
      fc.property(positive, positive, fc.integer({ min: 1, max: 16 }), (length, slice, parallel) => {
        const slices = sliceRules.planCatchUp({ ...plan, target: plan.watermark + length, slice, parallel });

        expect(slices[0]?.from).toBe(plan.watermark);
        for (const [index, { from, to }] of slices.entries()) {
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(plan.watermark + length);
          expect(slices[index + 1]?.from ?? to).toBe(to);
        }
      }),
    );
  });

  it('doubles a slice up to six hours and halves it down to a second', () => {
    expect([HOUR, 4 * HOUR, 6 * HOUR].map(sliceRules.longer)).toEqual([2 * HOUR, 6 * HOUR, 6 * HOUR]);
    expect([HOUR, 3, 1].map(sliceRules.shorter)).toEqual([HOUR / 2, 1, 1]);
  });
});

describe('planning the sweep', () => {
  const state = { now: 100_000, sweptAt: 100_000 - 600, watermark: 90_000, finalWatermark: 0, lookback: DAY };

  it('goes over all in a 24th of the look-back, and in an hour at least', () => {
    expect(sweepCycleSeconds(10 * DAY)).toBe(10 * HOUR);
    expect(sweepCycleSeconds(600)).toBe(HOUR);
  });

  it('owes the share of the range that the time since the last sweep is of a cycle', () => {
    expect(sliceRules.sweepShare(state)).toBe(15_000);
  });

  it('owes everything, and not more, after a pause longer than a cycle', () => {
    expect(sliceRules.sweepShare({ ...state, sweptAt: 0 })).toBe(90_000);
  });

  it('F72 owes nothing when the clock has jumped back', () => {
    expect(sliceRules.sweepShare({ ...state, sweptAt: state.now + HOUR })).toBe(0);
  });
});

describe('a slice of the sweep', () => {
  const end = sliceRules.sweepSliceEnd;

  it('ends on a whole hour when there is more to come, so that no hour of the ledger is read twice', () => {
    expect(end(10 * HOUR + 600, 2 * HOUR, 24 * HOUR)).toBe(12 * HOUR);
    expect(end(12 * HOUR, 2 * HOUR, 24 * HOUR)).toBe(14 * HOUR);
  });

  it('is as long as it may be within an hour, and takes all that is left', () => {
    expect(end(10 * HOUR + 600, 900, 24 * HOUR)).toBe(10 * HOUR + 1500);
    expect(end(10 * HOUR + 600, 2 * HOUR, 11 * HOUR + 60)).toBe(11 * HOUR + 60);
  });
});

describe('the final watermark', () => {
  it('moves over a slice that starts at it, when the scan began a look-back later', () => {
    expect(sliceRules.nextFinal(1000, { from: 1000, to: 2000 }, 2000 + DAY, DAY)).toBe(2000);
  });

  it('moves no further than a look-back before the scan began', () => {
    expect(sliceRules.nextFinal(1000, { from: 1000, to: 2000 }, 1500 + DAY, DAY)).toBe(1500);
  });

  it('stays where it is after a slice that starts elsewhere', () => {
    expect(sliceRules.nextFinal(1000, { from: 1500, to: 2000 }, 9000 + DAY, DAY)).toBe(1000);
  });

  it('F72 never moves back, whatever the clock says', () => {
    expect(sliceRules.nextFinal(1000, { from: 1000, to: 2000 }, DAY, DAY)).toBe(1000);
  });
});
