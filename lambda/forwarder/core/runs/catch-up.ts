import { OutOfTime } from '../../../shared/errors.ts';
import type { Range } from '../ports.ts';
import { type SliceTask, sliceRules } from '../slices/planner.ts';
import type { SliceResult } from '../slices/process-slice.ts';
import { processSlices } from '../slices/prove-slice.ts';
import type { LiveRun } from './live-run.ts';
import { unrecoverable, wantsShorterSlice } from './page-size.ts';

/**
 * Catches up: processes [W, now - settle) slice by slice, several concurrently while the stream is behind, and moves the
 * watermark W over completed slices.
 * @throws {OutOfTime} when time ran out before; further as {@link processSlices} does. W then is where it is proven.
 */
export async function catchUp(run: LiveRun): Promise<void> {
  const { context, progress } = run;
  const { settings, deadline } = context;
  const target = sliceRules.catchUpTarget(context.startedAt, settings.settleSeconds);
  while (progress.watermark < target) {
    if (deadline.left() <= 0) throw new OutOfTime('catching up');
    const slices = sliceRules.planCatchUp({
      watermark: progress.watermark,
      slice: Math.min(progress.slice, settings.maxSliceSeconds ?? progress.slice),
      target,
      parallel: settings.parallelSlices,
      bounded: settings.boundedAbove,
    });
    await run.recordCatchUpIntent(slices.at(-1)?.to ?? 0);
    const results = await processSlices(context, tasksOf(run, slices));
    const { proven, lowered, cut } = advance(progress.watermark, slices, results);
    progress.watermark = proven;
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    const length = Math.max(...slices.map(({ from, to }) => to - from));
    const fatal = unrecoverable(context, failures, length);
    const dense = results.some((result) => result.status === 'fulfilled' && result.value.dense);
    if (cut || failures.some(wantsShorterSlice)) {
      progress.slice = sliceRules.shorter(Math.min(progress.slice, length));
    } else if (failures.length === 0 && !dense) {
      progress.slice = sliceRules.longer(progress.slice);
    }
    if (fatal.length > 0) {
      // Another error is more important than the lack of time.
      throw fatal.find((error) => !(error instanceof OutOfTime)) ?? fatal[0];
    }
    if (lowered) return;
    if (progress.watermark < target) await run.save();
  }
}

const tasksOf = ({ initialUntil, progress }: LiveRun, slices: readonly Range[]): SliceTask[] =>
  slices.map((range) => ({
    range,
    backfillBelow: initialUntil,
    possibleDuplicate: range.from < progress.freshDoubtEnd,
  }));

/** How far the watermark may move: over the complete slices that follow it without a gap. */
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
    // The server's clock is behind: the next run continues here.
    if (end < (slices[index]?.to ?? end)) return { proven, cut: false, lowered: true };
  }
  return { proven, cut: false, lowered: false };
}
