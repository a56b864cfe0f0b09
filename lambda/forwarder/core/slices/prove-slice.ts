import { SourceError } from '../../../shared/errors.ts';
import type { Range } from '../ports.ts';
import {
  hasTypicalCap,
  ignoresRange,
  isEmpty,
  isSameAs,
  isSameWithOutsiders,
  isSecondCut,
  isTrusted,
  type ListFacts,
} from './completeness.ts';
import { type SliceTask, sliceRules } from './planner.ts';
import { processTask, processTasks, type SliceResult } from './process-slice.ts';
import type { StreamContext } from './stream-context.ts';

/**
 * Processes slices concurrently as {@link processTasks} does, and proves that their lists are complete where the source does not
 * state the end: the halves of the range are processed as well. If they show the same records, the list was complete; if not, each
 * half is proven in the same way. What a half shows beyond the list is delivered at once.
 * @param tasks slices that do not overlap
 */
export async function processSlices(
  context: StreamContext,
  tasks: readonly SliceTask[],
): Promise<PromiseSettledResult<SliceResult>[]> {
  const results = await processTasks(context, tasks);
  const proven: PromiseSettledResult<SliceResult>[] = [];
  // One after the other, because concurrent slices of one run share the loaded part of the ledger.
  for (const [index, result] of results.entries()) {
    if (result.status === 'rejected') proven.push(result);
    else
      proven.push(...(await Promise.allSettled([prove(context, tasks[index] as SliceTask, result.value)])));
  }
  return proven;
}

/**
 * Processes one slice, and proves that its list is complete.
 * @throws {SourceError} `source-cut` when the list cannot be proven; further whatever the ports throw
 */
export async function processSlice(context: StreamContext, task: SliceTask): Promise<SliceResult> {
  return prove(context, task, await processTask(context, task));
}

async function prove(context: StreamContext, task: SliceTask, result: SliceResult): Promise<SliceResult> {
  const { lists, settings } = context;
  const { list } = result;
  if (task.isProvisional || !result.complete || isEmpty(list) || isTrusted(lists, list)) return result;
  const { from, to } = task.range;
  if (!settings.boundedAbove) {
    if (list.end !== 'cut' && (list.end === 'stated' || !hasTypicalCap(list.shown))) return result;
    throw notDivisible(task.range, list.shown);
  }
  if (to - from <= 1) {
    if (isSecondCut(lists, list)) throw cutSecond(task.range, list, lists.whole > 0 || lists.hasNamedPages);
    return result;
  }
  const [firstHalf, secondHalf] = sliceRules.halves(task.range);
  const middle = firstHalf.to;
  const first = { ...task, range: firstHalf };
  const second = { ...task, range: secondHalf };
  const halves = [await processTask(context, first), await processTask(context, second)] as const;
  const halfLists = [halves[0].list, halves[1].list] as const;
  if (ignoresRange(halfLists)) {
    // A source that ignores the range shows everything to both halves, so they prove nothing.
    const showsNothing = list.records === 0 && list.shown === 0;
    if (list.end !== 'cut' && (showsNothing || !hasTypicalCap(list.shown + list.outside))) {
      return joined(result, middle, ...halves);
    }
    throw rangeIgnored(task.range);
  }

  const showNothingMore =
    halves.every((half) => half.complete) &&
    (isSameAs(list, halfLists) || isSameWithOutsiders(list, halfLists));
  if (showNothingMore && halves.every((half) => half.list.shown < list.shown)) {
    lists.whole = Math.max(lists.whole, list.shown);
    return joined(result, middle, ...halves);
  }
  if (!showNothingMore) lists.whole = Math.min(lists.whole, list.shown);
  return joined(
    result,
    middle,
    await prove(context, first, halves[0]),
    await prove(context, second, halves[1]),
  );
}

/** What the scans of a range and of its two halves prove together. */
function joined(whole: SliceResult, middle: number, first: SliceResult, second: SliceResult): SliceResult {
  return {
    ...whole,
    complete: first.complete && second.complete,
    end: Math.min(whole.end, first.end < middle ? first.end : second.end),
    scanStart: Math.min(whole.scanStart, first.scanStart, second.scanStart),
  };
}

const CUT = 'source-cut';

const HOW_TO_END =
  'Set in the API profile (VALENCE_API_PROFILE, or valenceApi in the CDK context) how lists continue and end: pagination.style, pagination.nextCursorPath, pagination.hasMorePath, pagination.maxOffset or totalPath.';

const notDivisible = ({ from, to }: Range, records: number) =>
  new SourceError(
    CUT,
    `Valence returned ${records} records for the range from ${from} to ${to} without stating that there are no more, and without an end of the range (toParam) it cannot be divided to find out.`,
    `Set the profile key "toParam". ${HOW_TO_END}`,
  );

/** A second of which the source seems to show only a part, although the profile fits its lists otherwise. */
export const SECOND_CUT = 'source-second-cut';

/**
 * @param pagingWorks whether a list of the source was ever proven complete, or had a second page; if not, and if the list has a size at
 *   which services cut lists, the profile is more likely to be wrong
 */
const cutSecond = ({ from }: Range, { shown, end }: ListFacts, pagingWorks: boolean) =>
  new SourceError(
    pagingWorks || end === 'cut' || end === 'abrupt' || !hasTypicalCap(shown) ? SECOND_CUT : CUT,
    `Valence returned ${shown} records for the second ${from} without stating that there are no more, so some may be missing.`,
    HOW_TO_END,
  );

const rangeIgnored = ({ from, to }: Range) =>
  new SourceError(
    CUT,
    `Valence returned records from outside both halves of the range from ${from} to ${to}, so it does not filter by time as asked, and it does not state where its list ends.`,
    `The profile keys "fromParam", "toParam" or "timeUnit" may be wrong. ${HOW_TO_END}`,
  );
