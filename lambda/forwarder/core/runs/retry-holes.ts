import { HOLE_CONFIRMATION_SECONDS, HOLE_RETRY_SECONDS, LEDGER_LIFE_SECONDS } from '../../../limits.ts';
import { wallSeconds } from '../../../shared/clock.ts';
import type { Range } from '../ports.ts';
import { LONGEST_SLICE_SECONDS } from '../slices/planner.ts';
import { processSlice } from '../slices/prove-slice.ts';
import { longestSlice } from '../slices/stream-context.ts';
import type { Hole, HoleStatus } from '../state-ports.ts';
import { isConfirmed, reportedHoles, withoutRange, withRefusal } from './holes.ts';
import type { LiveRun } from './live-run.ts';
import { unrecoverable } from './page-size.ts';
import { refusalOf } from './refused-ranges.ts';

/** The retries may take this part of the time that is left. */
const SHARE_OF_TIME = 0.1;

/** Statuses by which a source may say that it keeps nothing of a range any more. A failure of the source says nothing of the kind. */
const NOT_KEPT: ReadonlySet<HoleStatus | undefined> = new Set([400, 404, 410, 416, 422]);

/**
 * Asks again for the holes of a stream: for a confirmed one once an hour, for another one in each run but the one that found it. What the
 * source answers for leaves the hole. The final watermark passes a hole only one look-back after its time, so no later look at it is needed.
 * @throws whatever {@link processSlice} throws, except the refusals
 */
export async function retryHoles(run: LiveRun): Promise<void> {
  const { progress, context } = run;
  const { ports, stream, startedAt, deadline } = context;
  const reserveMs = deadline.left() * (1 - SHARE_OF_TIME);
  for (const hole of progress.holes) {
    const wait = isConfirmed(hole) ? HOLE_RETRY_SECONDS : 1;
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
  /** How the source refused the last request for a part of the hole; undefined if it answered. */
  #refusal: HoleStatus | undefined;

  constructor(run: LiveRun, hole: Hole, reserveMs: number) {
    this.#run = run;
    this.#hole = hole;
    this.#reserveMs = reserveMs;
    this.#from = hole.from;
    this.#to = hole.to;
  }

  /** As much as one slice takes first. Then from both ends: an API that reaches back a limited time refuses the start only. */
  async run(): Promise<void> {
    await this.#fillSlices();
    if (this.#to - this.#from <= 1) return;
    const [start, end] = [await this.#fillFrom('start'), await this.#fillFrom('end')];
    if (NOT_KEPT.has(start) && NOT_KEPT.has(end)) this.#startLater(end as HoleStatus);
  }

  /**
   * A hole at the start of a new stream is no hole if the source does not reach back so far: then the stream starts later. That cannot
   * be taken back, so a single refusal is not enough. What is refused after an outage stays a hole, which is reported.
   */
  #startLater(status: HoleStatus): void {
    const { progress, context, initialUntil } = this.#run;
    const isOfFirstRange = this.#from <= progress.startPoint && this.#to <= initialUntil;
    const isConfirmedNow = context.startedAt - this.#hole.since >= HOLE_CONFIRMATION_SECONDS;
    if (!isOfFirstRange || !isConfirmedNow) return;
    this.#run.moveStart(this.#to, status);
  }

  async #fillSlices(): Promise<void> {
    while (this.#from < this.#to && this.#hasTime()) {
      const to = Math.min(this.#to, this.#from + this.#longest(this.#to - this.#from));
      if (!(await this.#fill({ from: this.#from, to }))) return;
      this.#from = to;
    }
  }

  /**
   * Asks for longer and longer parts at one end; when the source refuses one, for shorter and shorter ones.
   * @returns how the source refused the second at this end; undefined when it did not
   */
  async #fillFrom(end: 'start' | 'end'): Promise<HoleStatus | undefined> {
    let isGrowing = true;
    for (let length = 1; this.#from < this.#to && this.#hasTime(); ) {
      const taken = Math.min(this.#to - this.#from, this.#longest(length));
      const part =
        end === 'start'
          ? { from: this.#from, to: this.#from + taken }
          : { from: this.#to - taken, to: this.#to };
      if (await this.#fill(part)) {
        if (end === 'start') this.#from = part.to;
        else this.#to = part.from;
        if (isGrowing) length *= 2;
        continue;
      }
      if (taken <= 1) return this.#refusal;
      // Beyond a part that is refused, more is refused; a part that was only too much may have been an exception.
      isGrowing &&= this.#refusal === undefined;
      length = Math.floor(taken / 2);
    }
    return undefined;
  }

  #longest(length: number): number {
    return Math.max(1, longestSlice(this.#run.context, Math.min(length, LONGEST_SLICE_SECONDS)));
  }

  #hasTime(): boolean {
    return this.#run.context.deadline.left() > this.#reserveMs;
  }

  /** Forwards the records of a part. @returns false when the source refuses it, or it is too much for one slice or page */
  async #fill(range: Range): Promise<boolean> {
    const { context, progress, initialUntil } = this.#run;
    const { ports, stream, startedAt } = context;
    this.#refusal = undefined;
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
      const length = range.to - range.from;
      if (unrecoverable(context, [error], length).length === 0) return length > 1 ? false : this.#fill(range);
      const status = refusalOf(error);
      if (status === undefined || !context.deliveryState.isFullyAcknowledged) throw error;
      this.#refusal = status;
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
