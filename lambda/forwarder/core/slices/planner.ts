import { HOUR_SECONDS, sweepCycleSeconds } from '../../../limits.ts';
import type { Range } from '../ports.ts';

/** Lengths of slices, in seconds. */
export const FIRST_SLICE_SECONDS = HOUR_SECONDS;
export const LONGEST_SLICE_SECONDS = 6 * HOUR_SECONDS;
const SHORTEST_SLICE_SECONDS = 1;
/** The fingerprints of this many records fit a {@link FingerprintTable} for 65,536 entries; many more double its size. */
const MAX_SLICE_RECORDS = 44_000;

/** One slice that is to be processed. */
export interface SliceTask {
  range: Range;
  /** Logs of records below this time are tagged as backfill, epoch seconds. */
  backfillBelow: number;
  /** Datadog may have logs of this range that are not in the ledger. */
  possibleDuplicate: boolean;
  /** Datadog may have logs of this range whose ledger entries have expired. */
  ledgerMayBeGone?: boolean;
  /** Everything that the source showed of this range once is in the ledger. */
  wasProcessed?: boolean;
  /** The source may still add records to the range, so its list proves nothing. */
  isProvisional?: boolean;
}

export interface CatchUpPlan {
  watermark: number;
  /** Length of a slice. */
  slice: number;
  /** Where catching up ends for this run. */
  target: number;
  /** How many slices may be processed concurrently. */
  parallel: number;
  /** Whether the source can end a range; without that a slice cannot shorten the fetch. */
  bounded: boolean;
}

export interface SweepState {
  /** Trusted time, epoch seconds. */
  now: number;
  /** Up to when the sweep has covered its share. */
  sweptAt: number;
  watermark: number;
  finalWatermark: number;
  lookback: number;
}

/** The decisions about ranges, as pure functions. All times are epoch seconds, all lengths seconds. */
export const sliceRules = {
  /** Where ranges have settled: Valence may still add records to newer ones. */
  catchUpTarget: (now: number, settle: number): number => now - settle,

  /** The slices to catch up with next, which may be processed concurrently. */
  planCatchUp({ watermark, slice, target, parallel, bounded }: CatchUpPlan): Range[] {
    if (!bounded) return [{ from: watermark, to: target }];
    const count = Math.min(parallel, Math.ceil((target - watermark) / slice));
    return Array.from({ length: count }, (_, index) => ({
      from: watermark + index * slice,
      to: Math.min(target, watermark + (index + 1) * slice),
    }));
  },

  /** A slice with more records is cut, which limits the memory that it needs. */
  isFull: (records: number): boolean => records > MAX_SLICE_RECORDS,

  /** After a slice with more records, slices do not become longer. */
  isDense: (records: number): boolean => records > MAX_SLICE_RECORDS / 2,

  longer: (slice: number): number => Math.min(LONGEST_SLICE_SECONDS, slice * 2),

  shorter: (slice: number): number => Math.max(SHORTEST_SLICE_SECONDS, Math.floor(slice / 2)),

  /** Both halves of a range; the second one of a single second is empty. */
  halves({ from, to }: Range): [Range, Range] {
    const middle = from + Math.ceil((to - from) / 2);
    return [
      { from, to: middle },
      { from: middle, to },
    ];
  },

  /** How many seconds of [V, W) the sweep has to cover by now. */
  sweepShare({ now, sweptAt, watermark, finalWatermark, lookback }: SweepState): number {
    const elapsed = Math.max(0, now - sweptAt) / sweepCycleSeconds(lookback);
    return Math.ceil(Math.min(1, elapsed) * (watermark - finalWatermark));
  },

  /**
   * The end of a sweep slice: on a whole hour if possible. The ledger is read by the hour, so a slice that ends within an
   * hour makes the next slice read that hour again.
   * @param upTo where the work ends
   */
  sweepSliceEnd(from: number, slice: number, upTo: number): number {
    if (from + slice >= upTo) return upTo;
    const wholeHour = Math.floor((from + slice) / HOUR_SECONDS) * HOUR_SECONDS;
    return wholeHour > from ? wholeHour : from + slice;
  },

  /**
   * The final watermark after a complete sweep slice. Only a slice that starts at V may move it, and only to one
   * look-back before the scan began.
   */
  nextFinal(finalWatermark: number, slice: Range, scanStart: number, lookback: number): number {
    if (slice.from !== finalWatermark) return finalWatermark;
    return Math.max(finalWatermark, Math.min(slice.to, scanStart - lookback));
  },
};
