import { CredentialError, OutOfTime, SourceError, StillBusy } from '../../../shared/errors.ts';
import type { Range } from '../ports.ts';
import { AlertTypesError } from '../slices/alert-types.ts';
import { type SliceTask, sliceRules } from '../slices/planner.ts';
import { processSlice, SECOND_CUT } from '../slices/prove-slice.ts';
import type { StreamContext } from '../slices/stream-context.ts';
import type { HoleStatus } from '../state-ports.ts';
import type { Refusal } from './holes.ts';
import { isTooLarge } from './page-size.ts';

/** What dividing a refused slice has achieved. */
export interface Division {
  /** Everything of the slice below this time was processed, or is in `refused`. Epoch seconds. */
  coveredTo: number;
  /** Trusted time at the start of the first scan of its parts, epoch seconds. */
  scanStart: number;
  refused: Refusal[];
  /** What ended the division before the end of the slice. */
  failure: unknown;
}

/** Statuses by which a source may refuse one range and answer another. 5xx are as well. */
const RANGE_STATUSES: ReadonlySet<number> = new Set([400, 404, 408, 410, 413, 414, 416, 422]);

/** Errors without a status after which a shorter range may succeed. Others are about the network or the profile. */
const STATUS_OF_CODE: Readonly<Record<string, HoleStatus>> = {
  'source-timeout': 'timeout',
  'source-interrupted': 'broken',
  'source-not-json': 'broken',
  'source-reported-failure': 'broken',
  'source-partial': 'broken',
  [SECOND_CUT]: 'cut',
};

/** How the source refused a range; undefined when an error does not mean that it may answer for others. */
export function refusalOf(error: unknown): HoleStatus | undefined {
  if (error instanceof StillBusy) return 503;
  if (error instanceof CredentialError) return error.status === 403 ? 403 : undefined;
  if (!(error instanceof SourceError) || error instanceof AlertTypesError) return undefined;
  const { status, code } = error;
  if (status === undefined) return STATUS_OF_CODE[code];
  return status >= 500 || RANGE_STATUSES.has(status) ? status : undefined;
}

/** Lists in addition to the two for each level of a division. */
const SPARE_LISTS = 16;

/**
 * Processes the parts of a slice that the source has refused, oldest first, until each refused part is one second long. So an API
 * that limits the length of ranges, answers an error for one second, or does not reach so far back is read as far as it answers.
 *
 * The lists of all divisions of a run together are bounded: two for each halving from the whole range to a second, and a few more;
 * and so is the time: half of what is left. What does not fit in is left to the next run. If the source refuses the newest range as well, all of it is down: then the
 * slice is not divided.
 * @param refused the source's error for the slice
 * @returns never throws: errors are in the result
 */
export async function divideRefused(
  context: StreamContext,
  task: SliceTask,
  refused: unknown,
): Promise<Division> {
  const division = new RefusedSlice(context, task, refused);
  try {
    await division.run();
  } catch (error) {
    return { ...division.result, failure: error };
  }
  return division.result;
}

/** A part of the slice. */
interface Part extends Range {
  /** The refused part whose half this is. */
  parent?: { answeredHalves: number };
}

class RefusedSlice {
  readonly result: Division;
  readonly #context: StreamContext;
  readonly #task: SliceTask;
  readonly #refused: unknown;
  /** End of the newest range that the source must be able to answer for, epoch seconds. */
  readonly #newest: number;
  /** How many lists the divisions of this run may ask for together. */
  readonly #mostLists: number;
  /** Whether no other division of this run has asked for any. */
  readonly #isFirst: boolean;
  readonly #timeReserveMs: number;

  constructor(context: StreamContext, task: SliceTask, refused: unknown) {
    this.#context = { ...context, maxAttempts: 1 };
    this.#task = task;
    this.#refused = refused;
    const { startedAt, settings } = context;
    this.#newest = Math.max(sliceRules.catchUpTarget(startedAt, settings.settleSeconds), task.range.to);
    this.result = {
      coveredTo: task.range.from,
      scanStart: startedAt,
      refused: [],
      failure: undefined,
    };
    this.#mostLists = 2 * Math.ceil(Math.log2(Math.max(2, this.#newest - task.range.from))) + SPARE_LISTS;
    this.#isFirst = context.divisions.lists === 0;
    this.#timeReserveMs = context.deadline.left() / 2;
  }

  async run(): Promise<void> {
    const { from, to } = this.#task.range;
    const { settings, deliveryState } = this.#context;
    // What this run may have posted without noting it, only the next one marks.
    if (!settings.boundedAbove || !deliveryState.isFullyAcknowledged) throw this.#refused;
    if (to - from <= 1 && refusalOf(this.#refused) === 'cut') return this.#giveUp({ from, to }, 'cut');
    if (!(await this.#answersNewest())) throw this.#refused;
    const start = { from, to: from + 1 };
    const status = await this.#statusOf(start);
    if (status === undefined) return this.#process(halvesOf({ from, to }));
    const answered = await this.#firstAnsweredSecond();
    this.#giveUp({ from, to: answered }, status);
    if (answered < to) await this.#process([{ from: answered, to }]);
  }

  /** Whether the source answers for the newest second or, if not, for the newest minute. */
  async #answersNewest(): Promise<boolean> {
    const to = this.#newest;
    for (const seconds of [1, 60]) {
      if ((await this.#statusOf({ from: to - seconds, to })) === undefined) return true;
    }
    return false;
  }

  /** Bisects for the first second that the source answers for, as it does from some moment on when it does not reach so far back. */
  async #firstAnsweredSecond(): Promise<number> {
    const { from, to } = this.#task.range;
    let [refused, answered] = [from, this.#newest - 1];
    if (to - 1 > from && to - 1 < answered) {
      if ((await this.#statusOf({ from: to - 1, to })) === undefined) answered = to - 1;
      else refused = to - 1;
    }
    while (answered - refused > 1) {
      const middle = refused + Math.floor((answered - refused) / 2);
      if ((await this.#statusOf({ from: middle, to: middle + 1 })) === undefined) answered = middle;
      else refused = middle;
    }
    return refused + 1;
  }

  /** Processes parts in the order given, and halves those that the source refuses. */
  async #process(parts: readonly Part[]): Promise<void> {
    const pending = [...parts].reverse();
    for (let part = pending.pop(); part; part = pending.pop()) {
      const { lists } = this.#context;
      const isShort = part.to - part.from <= Math.max(1, lists.longestRange);
      const outcome = isShort ? await this.#processPart(part) : 'too-long';
      if (outcome === 'answered') continue;
      if (outcome === 'not-proven') return;
      const isSecond = part.to - part.from <= 1;
      if (outcome === 'incomplete' && isSecond) return;
      if (outcome !== 'incomplete' && outcome !== 'too-long' && isSecond) this.#giveUp(part, outcome);
      else pending.push(...halvesOf(part).reverse());
    }
  }

  async #processPart(part: Part): Promise<'answered' | 'not-proven' | 'incomplete' | HoleStatus> {
    this.#countList();
    try {
      const task = { ...this.#task, range: part };
      const { complete, end, scanStart } = await processSlice(this.#context, task);
      if (!complete) return 'incomplete';
      this.result.scanStart = Math.min(this.result.scanStart, scanStart);
      this.result.coveredTo = Math.max(this.result.coveredTo, end);
      this.#learnFrom(part);
      // The server's clock is behind: nothing later is proven yet.
      return end < part.to ? 'not-proven' : 'answered';
    } catch (error) {
      if (isTooLarge(error) && part.to - part.from > 1) return 'incomplete';
      const status = refusalOf(error);
      if (status === undefined) throw error;
      return status;
    }
  }

  /** Two answered halves of a refused range show that the source limits the length of ranges. */
  #learnFrom({ from, to, parent }: Part): void {
    if (!parent || ++parent.answeredHalves < 2) return;
    const { lists, startedAt } = this.#context;
    lists.longestRange = to - from;
    lists.longestRangeAt = startedAt;
  }

  #giveUp(range: Range, status: HoleStatus): void {
    this.result.refused.push({ from: range.from, to: range.to, status });
    this.result.coveredTo = Math.max(this.result.coveredTo, range.to);
  }

  /** Asks for all pages of a short range without using them. @returns how the source refuses it; undefined when it answers */
  async #statusOf(range: Range): Promise<HoleStatus | undefined> {
    this.#countList();
    const { ports, stream, deadline } = this.#context;
    try {
      const pages = ports.source.pages(stream, range, { deadline, maxAttempts: 1 })[Symbol.asyncIterator]();
      while (!(await pages.next()).done);
      return undefined;
    } catch (error) {
      const status = refusalOf(error);
      if (status === undefined) throw error;
      return status;
    }
  }

  /** @throws {OutOfTime} when lists or time are used up and this run has covered some of a slice; else the source's error */
  #countList(): void {
    const { deadline, divisions } = this.#context;
    if (divisions.lists++ < this.#mostLists && deadline.left() > this.#timeReserveMs) return;
    throw !this.#isFirst || this.result.coveredTo > this.#task.range.from
      ? new OutOfTime('dividing a refused range')
      : this.#refused;
  }
}

function halvesOf(range: Range): Part[] {
  const parent = { answeredHalves: 0 };
  return sliceRules
    .halves(range)
    .filter(({ from, to }) => from < to)
    .map((half) => ({ ...half, parent }));
}
