import { LEDGER_LIFE_SECONDS, sweepCycleSeconds } from '../../../limits.ts';
import { OutOfTime } from '../../../shared/errors.ts';
import type { Range } from '../ports.ts';
import { type SliceTask, sliceRules } from '../slices/planner.ts';
import { processSlice } from '../slices/prove-slice.ts';
import { longestSlice } from '../slices/stream-context.ts';
import { firstHoleAfter } from './holes.ts';
import type { LiveRun } from './live-run.ts';
import { unrecoverable, wantsShorterSlice } from './page-size.ts';
import { divideRefused, refusalOf } from './refused-ranges.ts';

/**
 * Goes over [V, W) again, at a pace that covers all of it once per cycle, going on where the last run stopped: finds
 * what appeared late, what a shifting page hid, and alerts that changed.
 * @throws as {@link catchUp} does; V then is where it is proven
 */
export async function sweep(run: LiveRun): Promise<void> {
  const { progress, context } = run;
  const { settings, startedAt, deadline } = context;
  const { lookbackSeconds: lookback } = settings;
  if (lookback === 0) {
    progress.finalWatermark = progress.watermark;
    progress.sweepPosition = progress.watermark;
    progress.sweptAt = startedAt;
    return;
  }
  const range = progress.watermark - progress.finalWatermark;
  let owed = sliceRules.sweepShare({ ...progress, now: startedAt, lookback });
  // The unconfirmed writes of a killed run come first: one slice of them even when nothing is owed.
  const unconfirmed = Math.min(progress.sweepDoubtEnd, progress.watermark) - progress.sweepPosition;
  owed = Math.max(owed, Math.min(unconfirmed, progress.sweepSlice));
  while (owed > 0) {
    if (deadline.left() <= 0) throw new OutOfTime('looking for late records');
    const swept = await sweepSlice(run, owed);
    owed -= swept;
    progress.sweptAt = Math.min(
      startedAt,
      progress.sweptAt + Math.ceil((swept / range) * sweepCycleSeconds(lookback)),
    );
  }
  progress.sweptAt = startedAt;
}

/** @returns how many seconds of the range were covered */
async function sweepSlice(run: LiveRun, owed: number): Promise<number> {
  const { progress, context } = run;
  const { watermark, finalWatermark } = progress;
  const from = Math.max(progress.sweepPosition, finalWatermark);
  const hole = firstHoleAfter(progress.holes, from);
  if (hole && hole.from <= from) return skipHole(run, from, Math.min(hole.to, watermark));
  const end = Math.min(watermark, from + owed, hole?.from ?? watermark);
  const to = sliceRules.sweepSliceEnd(from, longestSlice(context, progress.sweepSlice), end);
  await run.recordSweepIntent({ from, to });
  const task = {
    range: { from, to },
    backfillBelow: 0,
    possibleDuplicate: progress.sweepDoubtEnd > from,
    ledgerMayBeGone: from < context.startedAt - LEDGER_LIFE_SECONDS,
    wasProcessed: true,
  };
  try {
    const { complete, scanStart, dense } = await processSlice(context, task);
    if (!complete) {
      progress.sweepSlice = sliceRules.shorter(Math.min(progress.sweepSlice, to - from));
      return 0;
    }
    if (!dense) progress.sweepSlice = sliceRules.longer(progress.sweepSlice);
    return passed(run, { from, to }, scanStart);
  } catch (error) {
    if (refusalOf(error) !== undefined) return divideSweepSlice(run, task, error);
    if (wantsShorterSlice(error)) {
      progress.sweepSlice = sliceRules.shorter(Math.min(progress.sweepSlice, to - from));
    }
    if (unrecoverable(context, [error], to - from).length === 0) return 0;
    throw error;
  }
}

/** Moves the sweep to the end of a range that was covered. */
function passed({ progress, context }: LiveRun, range: Range, scanStart: number): number {
  const { from, to } = range;
  const { lookbackSeconds } = context.settings;
  progress.finalWatermark = sliceRules.nextFinal(progress.finalWatermark, range, scanStart, lookbackSeconds);
  if (to >= progress.sweepDoubtEnd) progress.sweepDoubtEnd = 0;
  progress.sweepPosition = to < progress.watermark ? to : progress.finalWatermark;
  return to - from;
}

/**
 * Leaves out a hole, which runs ask for by itself. The final watermark passes it no sooner than any other range, so whenever the
 * source answers for it later, that is at least one look-back after the time of its records.
 */
const skipHole = (run: LiveRun, from: number, to: number): number =>
  passed(run, { from, to }, trustedTime(run));

/** The machine's clock may be ahead of the source's, which the watermark follows. */
const trustedTime = ({ progress, context }: LiveRun): number =>
  Math.min(context.startedAt, progress.watermark + context.settings.settleSeconds);

async function divideSweepSlice(run: LiveRun, task: SliceTask, error: unknown): Promise<number> {
  const { progress, context } = run;
  const { from, to } = task.range;
  const { coveredTo, scanStart, refused, failure } = await divideRefused(context, task, error);
  run.recordRefusals(refused, progress.sweepDoubtEnd);
  const end = Math.min(coveredTo, to);
  const covered = end > from ? passed(run, { from, to: end }, Math.min(scanStart, trustedTime(run))) : 0;
  if (failure === undefined) return covered;
  if (unrecoverable(context, [failure], to - from).length > 0) throw failure;
  progress.sweepSlice = sliceRules.shorter(Math.min(progress.sweepSlice, to - from));
  return covered;
}
