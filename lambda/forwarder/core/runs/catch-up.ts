import { OutOfTime } from '../../../shared/errors.ts';
import type { Range } from '../ports.ts';
import type { SliceTask } from '../slices/deduplicator.ts';
import { sliceRules } from '../slices/planner.ts';
import { processSlices, type SliceResult } from '../slices/process-slice.ts';
import type { LiveRun } from './live-run.ts';
import { unrecoverable, wantsShorterSlice } from './page-size.ts';

/**
 * Brings the watermark up to now: drains [W, now - settle) slice by slice, several side by side while behind, and moves
 * W over the completed ones that touch it.
 * @throws {OutOfTime} when time ran out before; else whatever draining throws. W stands then where it is proven.
 */
export async function catchUp(run: LiveRun): Promise<void> {
  const { progress, settings, deadline } = run;
  const target = sliceRules.catchUpTarget(run.startedAt, settings.settleSeconds);
  while (progress.watermark < target) {
    if (deadline.left() <= 0) throw new OutOfTime('catching up');
    const slices = sliceRules.planCatchUp({
      watermark: progress.watermark,
      slice: progress.slice,
      target,
      parallel: settings.parallelSlices,
      bounded: settings.boundedAbove,
    });
    await run.recordCatchUpIntent(slices.at(-1)?.to ?? 0);
    const results = await processSlices(run, jobsOf(run, slices));
    const { proven, lowered, cut } = advance(progress.watermark, slices, results);
    progress.watermark = proven;
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    const length = Math.max(...slices.map(({ from, to }) => to - from));
    const unmended = unrecoverable(run, failures, length);
    const dense = results.some((result) => result.status === 'fulfilled' && result.value.dense);
    if (cut || failures.some(wantsShorterSlice)) {
      progress.slice = sliceRules.shorter(Math.min(progress.slice, length));
    } else if (failures.length === 0 && !dense) {
      progress.slice = sliceRules.longer(progress.slice);
    }
    if (unmended.length > 0) {
      // Running out of time must not hide what else went wrong.
      throw unmended.find((error) => !(error instanceof OutOfTime)) ?? unmended[0];
    }
    if (lowered) return;
    if (progress.watermark < target) await run.save();
  }
}

const jobsOf = ({ initialUntil, progress }: LiveRun, slices: readonly Range[]): SliceTask[] =>
  slices.map((range) => ({
    range,
    backfillBelow: initialUntil,
    possibleDuplicate: range.from < progress.freshDoubtEnd,
  }));

/** How far the watermark may move: over the slices that are complete and touch it. */
function advance(
  watermark: number,
  slices: readonly Range[],
  results: readonly PromiseSettledResult<SliceResult>[],
) {
  let proven = watermark;
  for (const [index, result] of results.entries()) {
    if (result.status === 'rejected') break;
    const { complete, end } = result.value;
    if (!complete) return { proven, cut: true, lowered: false };
    proven = Math.max(proven, end);
    // The server's clock is behind: what lies beyond waits for the next run.
    if (end < (slices[index]?.to ?? end)) return { proven, cut: false, lowered: true };
  }
  return { proven, cut: false, lowered: false };
}
