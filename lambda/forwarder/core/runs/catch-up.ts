import { OutOfTime } from '../../../shared/errors.ts';
import type { Range } from '../ports.ts';
import { type SliceTask, sliceRules } from '../slices/planner.ts';
import type { SliceResult } from '../slices/process-slice.ts';
import { processSlices } from '../slices/prove-slice.ts';
import { longestSlice } from '../slices/stream-context.ts';
import { compareEmptyLists } from './empty-lists.ts';
import type { LiveRun } from './live-run.ts';
import type { Newest } from './newest.ts';
import { unrecoverable, wantsShorterSlice } from './page-size.ts';
import { divideRefused, refusalOf } from './refused-ranges.ts';

/**
 * Catches up: processes [W, now - settle) slice by slice, several concurrently while the stream is behind, and moves the
 * watermark W over completed slices.
 * @param newest whose first slice is processed together with the last ones, because they read the same hour of the ledger
 * @throws {OutOfTime} when time ran out before; further as {@link processSlices} does. W then is where it is proven.
 */
export async function catchUp(run: LiveRun, newest: Newest): Promise<void> {
  const { context, progress } = run;
  const { settings, deadline } = context;
  const target = sliceRules.catchUpTarget(context.startedAt, settings.settleSeconds);
  while (progress.watermark < target) {
    if (deadline.left() <= 0) throw new OutOfTime('catching up');
    const slices = sliceRules.planCatchUp({
      watermark: progress.watermark,
      slice: longestSlice(context, progress.slice),
      target,
      // A record outside the range of one slice may be another one's own.
      parallel: context.lists.showsOutsiders ? 1 : settings.parallelSlices,
      bounded: settings.boundedAbove,
    });
    const tasks = tasksOf(run, slices);
    const isLast = slices.at(-1)?.to === target && !context.lists.showsOutsiders;
    const provisional = isLast ? newest.nextTask : undefined;
    const all = provisional ? [...tasks, provisional] : tasks;
    await run.recordCatchUpIntent(all.at(-1)?.range.to ?? 0);
    const results = await processSlices(context, all);
    const ofNewest = provisional && results.pop();
    const { proven, lowered, cut } = advance(progress.watermark, slices, results);
    if (proven > progress.watermark) await compareEmptyLists(run);
    progress.watermark = proven;
    if (ofNewest) newest.take(provisional, ofNewest);
    const failures = await afterDivision(run, tasks, results);
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

/**
 * Divides the first slice that is not complete, if the source has refused it, and moves the watermark over what it answers for.
 * @returns the errors that are left. Further refused slices come first in the next round.
 */
async function afterDivision(
  run: LiveRun,
  tasks: readonly SliceTask[],
  results: readonly PromiseSettledResult<SliceResult>[],
): Promise<unknown[]> {
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  const at = results.findIndex((result) => result.status === 'rejected' || !result.value.complete);
  const [task, result] = [tasks[at], results[at]];
  const { progress, context } = run;
  const isNext = task?.range.from === progress.watermark && result?.status === 'rejected';
  if (!isNext || refusalOf(result.reason) === undefined) return failures;
  const { coveredTo, refused, failure } = await divideRefused(context, task, result.reason);
  progress.watermark = Math.max(progress.watermark, coveredTo);
  run.recordRefusals(refused, progress.freshDoubtEnd);
  const others = failures.filter((error) => refusalOf(error) === undefined);
  return failure === undefined ? others : [...others, failure];
}

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
