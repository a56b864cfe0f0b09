import { HOUR_SECONDS, sweepCycleSeconds } from '../../../limits.ts';
import type { Range } from '../ports.ts';

/** Sizes of slices, in seconds. */
export const FIRST_SLICE_SECONDS = HOUR_SECONDS;
const LONGEST_SLICE_SECONDS = 6 * HOUR_SECONDS;
const SHORTEST_SLICE_SECONDS = 1;
/** The fingerprints of so many stand in 65,536 places, see {@link FingerprintTable}; of a few more, in twice as many. */
const MAX_SLICE_RECORDS = 44_000;

export interface CatchUpPlan {
  watermark: number;
  /** Length of a slice. */
  slice: number;
  /** Where freshness ends for this run. */
  target: number;
  /** How many slices may be drained side by side. */
  parallel: number;
  /** Whether the source can end a range; without that a slice cannot shorten the fetch. */
  bounded: boolean;
}

export interface SweepState {
  /** Trusted time, epoch seconds. */
  now: number;
  /** Up to when the sweep has done its share. */
  sweptAt: number;
  watermark: number;
  finalWatermark: number;
  lookback: number;
}

/** The decisions about ranges, as pure functions. All times are epoch seconds, all lengths seconds. */
export const sliceRules = {
  /** The newest seconds are left alone: records of the same second may still be on their way. */
  catchUpTarget: (now: number, settle: number): number => now - settle,

  /** The slices that freshness drains next, side by side. */
  planCatchUp({ watermark, slice, target, parallel, bounded }: CatchUpPlan): Range[] {
    if (!bounded) return [{ from: watermark, to: target }];
    const count = Math.min(parallel, Math.ceil((target - watermark) / slice));
    return Array.from({ length: count }, (_, index) => ({
      from: watermark + index * slice,
      to: Math.min(target, watermark + (index + 1) * slice),
    }));
  },

  /** A slice that holds more is cut, so that what is remembered of it stays small. */
  isFull: (records: number): boolean => records > MAX_SLICE_RECORDS,

  /** A slice that holds more does not grow. */
  isDense: (records: number): boolean => records > MAX_SLICE_RECORDS / 2,

  longer: (slice: number): number => Math.min(LONGEST_SLICE_SECONDS, slice * 2),

  shorter: (slice: number): number => Math.max(SHORTEST_SLICE_SECONDS, Math.floor(slice / 2)),

  /** How much of [V, W) the sweep owes by now. */
  sweepShare({ now, sweptAt, watermark, finalWatermark, lookback }: SweepState): number {
    const elapsed = Math.max(0, now - sweptAt) / sweepCycleSeconds(lookback);
    return Math.ceil(Math.min(1, elapsed) * (watermark - finalWatermark));
  },

  /**
   * Where a sweep slice ends when there is work up to a time: short of it on a whole hour, if there is one. The ledger is
   * read by the hour, so a slice that ends within one has the next slice read that hour again.
   */
  sweepSliceEnd(from: number, slice: number, upTo: number): number {
    if (from + slice >= upTo) return upTo;
    const wholeHour = Math.floor((from + slice) / HOUR_SECONDS) * HOUR_SECONDS;
    return wholeHour > from ? wholeHour : from + slice;
  },

  /**
   * The final watermark after a sweep slice was drained to its end. Only a slice that starts at V may move it, and only
   * as far as a look-back before the scan began.
   */
  nextFinal(finalWatermark: number, slice: Range, scanStart: number, lookback: number): number {
    if (slice.from !== finalWatermark) return finalWatermark;
    return Math.max(finalWatermark, Math.min(slice.to, scanStart - lookback));
  },
};
