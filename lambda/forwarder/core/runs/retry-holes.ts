import { HOLE_RETRY_SECONDS, LEDGER_LIFE_SECONDS } from '../../../limits.ts';
import { wallSeconds } from '../../../shared/clock.ts';
import type { Hole, Range } from '../ports.ts';
import { LONGEST_SLICE_SECONDS } from '../slices/planner.ts';
import { processSlice } from '../slices/prove-slice.ts';
import { longestSlice } from '../slices/stream-context.ts';
import { isConfirmed, reportedHoles, withoutRange, withRefusal } from './holes.ts';
import type { LiveRun } from './live-run.ts';
import { refusalOf } from './refused-ranges.ts';

/** The retries may take this part of the time that is left. */
const SHARE_OF_TIME = 0.1;

/**
 * Asks again for the holes of a stream: for a confirmed one once an hour, for another one in each run. What the source answers for
 * leaves the hole. The final watermark passes a hole only one look-back after its time, so no later look at it is needed.
 * @throws whatever {@link processSlice} throws, except the refusals
 */
export async function retryHoles(run: LiveRun): Promise<void> {
  const { progress, context } = run;
  const { ports, stream, startedAt, deadline } = context;
  const reserveMs = deadline.left() * (1 - SHARE_OF_TIME);
  for (const hole of progress.holes) {
    const wait = isConfirmed(hole) ? HOLE_RETRY_SECONDS : 0;
    if (hole.refusedAt + wait > startedAt || deadline.left() <= reserveMs) continue;
    await new HoleRetry(run, hole, reserveMs).run();
  }
  const holes = reportedHoles(progress.holes);
  if (holes.length === 0) return;
  ports.telemetry.warn(
    'holes-open',
    'Valence refuses ranges while it answers others. Their records are not forwarded yet; the forwarder asks again.',
    { stream, holes },
  );
}

class HoleRetry {
  readonly #run: LiveRun;
  readonly #hole: Hole;
  readonly #reserveMs: number;
  /** What is left of the hole. */
  #from: number;
  #to: number;

  constructor(run: LiveRun, hole: Hole, reserveMs: number) {
    this.#run = run;
    this.#hole = hole;
    this.#reserveMs = reserveMs;
    this.#from = hole.from;
    this.#to = hole.to;
  }

  /** As much as one slice takes first. Then from both ends: an API that reaches back a limited time refuses the start only. */
  async run(): Promise<void> {
    const isWhole = await this.#fromStart(this.#to - this.#from);
    if (isWhole || this.#to - this.#from <= 1) return;
    await this.#fromStart(1);
    await this.#fromEnd();
  }

  /**
   * Asks for longer and longer parts.
   * @param length of the first part, in seconds
   * @returns whether nothing is left of the hole
   */
  async #fromStart(length: number): Promise<boolean> {
    for (let next = length; this.#from < this.#to && this.#hasTime(); next *= 2) {
      const to = Math.min(this.#to, this.#from + this.#longest(next));
      if (!(await this.#fill({ from: this.#from, to }))) return false;
      this.#from = to;
    }
    return this.#from >= this.#to;
  }

  async #fromEnd(): Promise<void> {
    for (let next = 1; this.#from < this.#to && this.#hasTime(); next *= 2) {
      const from = Math.max(this.#from, this.#to - this.#longest(next));
      if (!(await this.#fill({ from, to: this.#to }))) return;
      this.#to = from;
    }
  }

  #longest(length: number): number {
    return longestSlice(this.#run.context, Math.min(length, LONGEST_SLICE_SECONDS));
  }

  #hasTime(): boolean {
    return this.#run.context.deadline.left() > this.#reserveMs;
  }

  /** Forwards the records of a part. @returns false when the source refuses it, or it is too much for one slice */
  async #fill(range: Range): Promise<boolean> {
    const { context, progress, initialUntil } = this.#run;
    const { ports, stream, startedAt } = context;
    try {
      const { complete, end } = await processSlice(
        { ...context, maxAttempts: 1 },
        {
          range,
          backfillBelow: initialUntil,
          possibleDuplicate: this.#hole.doubt,
          ledgerMayBeGone: range.from < startedAt - LEDGER_LIFE_SECONDS,
        },
      );
      if (!complete || end < range.to) return false;
    } catch (error) {
      const status = refusalOf(error);
      if (status === undefined) throw error;
      progress.holes = withRefusal(
        progress.holes,
        { from: this.#from, to: this.#to, status },
        startedAt,
        false,
      );
      return false;
    }
    progress.holes = withoutRange(progress.holes, range);
    ports.telemetry.info('hole-filled', 'Valence answers for a range that it refused before.', {
      stream,
      ...range,
      refusedFor: wallSeconds(ports.clock) - this.#hole.since,
    });
    return true;
  }
}
