import { LEDGER_LIFE_SECONDS, sweepCycleSeconds } from '../../../limits.ts';
import { OutOfTime } from '../../../shared/errors.ts';
import { sliceRules } from '../slices/planner.ts';
import { processSlice } from '../slices/prove-slice.ts';
import type { LiveRun } from './live-run.ts';
import { unrecoverable, wantsShorterSlice } from './page-size.ts';

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
  const { maxSliceSeconds = progress.sweepSlice } = context.settings;
  const slice = Math.min(progress.sweepSlice, maxSliceSeconds);
  const to = sliceRules.sweepSliceEnd(from, slice, Math.min(watermark, from + owed));
  await run.recordSweepIntent({ from, to });
  try {
    const { complete, scanStart, dense } = await processSlice(context, {
      range: { from, to },
      backfillBelow: 0,
      possibleDuplicate: progress.sweepDoubtEnd > from,
      ledgerMayBeGone: from < context.startedAt - LEDGER_LIFE_SECONDS,
    });
    if (!complete) {
      progress.sweepSlice = sliceRules.shorter(Math.min(progress.sweepSlice, to - from));
      return 0;
    }
    progress.finalWatermark = sliceRules.nextFinal(
      finalWatermark,
      { from, to },
      scanStart,
      context.settings.lookbackSeconds,
    );
    if (to >= progress.sweepDoubtEnd) progress.sweepDoubtEnd = 0;
    progress.sweepPosition = to < watermark ? to : progress.finalWatermark;
    if (!dense) progress.sweepSlice = sliceRules.longer(progress.sweepSlice);
    return to - from;
  } catch (error) {
    if (wantsShorterSlice(error)) {
      progress.sweepSlice = sliceRules.shorter(Math.min(progress.sweepSlice, to - from));
    }
    if (unrecoverable(context, [error], to - from).length === 0) return 0;
    throw error;
  }
}
