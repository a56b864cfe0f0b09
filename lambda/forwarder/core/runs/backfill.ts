import { LEASE_HELD, type Stream } from '../../../contract.ts';
import { HOUR_SECONDS, LEASE_MARGIN_SECONDS, LEDGER_LIFE_SECONDS } from '../../../limits.ts';
import { wallSeconds } from '../../../shared/clock.ts';
import { ClockError, CredentialError, LeaseLost, OutOfTime, StateError } from '../../../shared/errors.ts';
import type { Hour, HourLeases, HourState } from '../backfill-ports.ts';
import { hourOf } from '../ledger/entry.ts';
import type { Ports, Range } from '../ports.ts';
import { historyFor } from '../records/identity-history.ts';
import { FIRST_SLICE_SECONDS, type SliceTask, sliceRules } from '../slices/planner.ts';
import { processSlice } from '../slices/prove-slice.ts';
import {
  longestSlice,
  type StreamContext,
  type StreamSettings,
  streamContext,
  warnOfAlerts,
} from '../slices/stream-context.ts';
import type { StreamState } from '../state-ports.ts';
import { firstHoleAfter, type Refusal } from './holes.ts';
import { unrecoverable, wantsShorterSlice } from './page-size.ts';
import { divideRefused, refusalOf } from './refused-ranges.ts';
import { describeError, type StreamReport } from './report.ts';
import type { Invocation } from './stream.ts';

/** A range of the past that is to be filled. */
export interface BackfillRequest extends Range {
  stream: Stream;
}

export type BackfillPorts = Ports & { hours: HourLeases };

type Counts = Pick<StreamReport, 'fetched' | 'forwarded' | 'duplicates' | 'filtered' | 'quarantined'>;

/** The outcome of a backfill. Times are epoch seconds. */
export interface BackfillReport extends Counts, Pick<StreamReport, 'skipped' | 'error'> {
  stream: Stream;
  from: number;
  /** Where it ends: as asked, or earlier, where the range of the live run begins. */
  to: number;
  /**
   * Everything of [from, this) is in Datadog, in quarantine or known to be there already, or in `holes`; call again from here.
   */
  coveredTo: number;
  /** Ranges that the source refuses. A live run asks again for those that it knows; a later backfill for the others. */
  holes: readonly Refusal[];
}

/** The report of a backfill that has done nothing yet. */
export const notStarted = ({ stream, from, to }: BackfillRequest): BackfillReport => ({
  stream,
  from,
  to,
  coveredTo: from,
  fetched: 0,
  forwarded: 0,
  duplicates: 0,
  filtered: 0,
  quarantined: 0,
  skipped: null,
  error: null,
  holes: [],
});

/**
 * Forwards the records of a past range that Datadog does not have, hour by hour, each hour under a lease of its own. It stays
 * below the final watermark, where the range of the live run begins, and moves no watermark. Repeating it sends nothing
 * twice, because the records are in the ledger.
 * Never throws: errors are in the report.
 */
export async function backfill(
  request: BackfillRequest,
  ports: BackfillPorts,
  settings: StreamSettings,
  invocation: Invocation,
): Promise<BackfillReport> {
  const { stream, from } = request;
  const report = notStarted(request);
  try {
    const now = wallSeconds(ports.clock);
    const state = await stateOf(request, ports);
    report.to = endBelowLiveRun(request, ports, Math.min(state.finalWatermark, now - settings.settleSeconds));
    report.holes = state.holes
      .filter((hole) => hole.from < report.to && hole.to > from)
      .map(({ from, to, status }) => ({ from, to, status }));
    if (from >= report.to) return report;
    const lease = {
      stream,
      owner: invocation.owner,
      // The lease is for hours, not for the stream.
      fence: 0,
      ledgerFence: await ports.hours.nextFence(stream, now),
      until: now + Math.ceil(invocation.remainingMs / 1000) + LEASE_MARGIN_SECONDS,
    };
    const { deadline } = invocation;
    const identity = historyFor(stream, state.identity, settings.identityRules, { now, ...settings });
    const context = streamContext({ ports, stream, settings, deadline, lease, startedAt: now, identity });
    try {
      await fillHours(context, ports.hours, report);
    } finally {
      warnOfAlerts(context);
      const { fetched, duplicates, filtered } = context.counts;
      const { forwarded, quarantined } = context.deliveryState;
      Object.assign(report, { fetched, duplicates, filtered, forwarded, quarantined } satisfies Counts);
    }
  } catch (error) {
    if (error instanceof CredentialError) ports.telemetry.count('CredentialFailures');
    if (!(error instanceof OutOfTime)) report.error = describeError(error);
  }
  return report;
}

/** @throws {StateError} when the stream has no state, so that the range of the live run is not known */
async function stateOf({ stream }: BackfillRequest, { store }: Ports): Promise<StreamState> {
  const state = await store.read(stream);
  if (state) return state;
  throw new StateError(
    'state-none',
    `No scheduled run has served ${stream} yet, so the range of the live run is unknown.`,
    'Wait for one scheduled run, then start the backfill again.',
  );
}

/**
 * The end of the range, at most where the live run's own range begins.
 * @param end of what has settled and is below the live run's range, epoch seconds
 */
function endBelowLiveRun({ stream, from, to }: BackfillRequest, { telemetry }: Ports, end: number): number {
  if (to <= end) return to;
  telemetry.info(
    'backfill-shortened',
    'The backfill ends where the live run begins; later records are its own.',
    {
      stream,
      asked: to,
      end,
    },
  );
  return Math.max(from, end);
}

/** Continues until the range or the time ends, or another backfill holds the next hour. */
async function fillHours(context: StreamContext, leases: HourLeases, report: BackfillReport): Promise<void> {
  const { stream, lease, deadline, ports } = context;
  let slice = FIRST_SLICE_SECONDS;
  while (report.coveredTo < report.to) {
    if (deadline.left() <= 0) throw new OutOfTime('filling the past');
    const now = wallSeconds(ports.clock);
    const hour: Hour = { stream, hour: hourOf(report.coveredTo), owner: lease.owner };
    const answer = await leases.acquireHour({
      ...hour,
      slice,
      now,
      leaseUntil: lease.until,
      expiresAt: now + context.ledgerPolicy.ttlSeconds,
    });
    if (answer.held) {
      ports.telemetry.info('backfill-hour-held', 'Another backfill is filling this hour; left it alone.', {
        stream,
        hour: hour.hour * HOUR_SECONDS,
        until: answer.until,
      });
      report.skipped = LEASE_HELD;
      return;
    }
    slice = Math.min(slice, answer.slice);
    slice = await new HourFill(context, leases, hour, { clean: answer.clean, slice }).fill(report);
  }
}

/** One hour whose lease is held. */
class HourFill {
  readonly #context: StreamContext;
  readonly #leases: HourLeases;
  readonly #hour: Hour;
  /** Whether an earlier backfill may have posted records that are not in the ledger. */
  readonly #hasUnconfirmedWrites: boolean;
  #slice: number;

  constructor(context: StreamContext, leases: HourLeases, hour: Hour, { clean, slice }: HourState) {
    this.#context = context;
    this.#leases = leases;
    this.#hour = hour;
    this.#hasUnconfirmedWrites = !clean;
    this.#slice = slice;
  }

  /**
   * Fills the requested part of the hour, and releases its lease in any case.
   * @param report `coveredTo` moves as slices complete
   * @returns the length of the next slice
   */
  async fill(report: BackfillReport): Promise<number> {
    const from = report.coveredTo;
    const start = this.#hour.hour * HOUR_SECONDS;
    const end = start + HOUR_SECONDS;
    let failure: unknown;
    try {
      while (report.coveredTo < Math.min(end, report.to)) await this.#fillSlice(report, end);
    } catch (error) {
      failure = error;
    }
    // Unconfirmed writes may be anywhere in the hour, so only the whole hour confirms them.
    const isWhole = from === start && report.coveredTo === end;
    const clean = this.#context.deliveryState.isFullyAcknowledged && (isWhole || !this.#hasUnconfirmedWrites);
    try {
      // After a lost lease, only the new holder may save the state of the hour.
      if (!(failure instanceof LeaseLost)) {
        await this.#leases.releaseHour(this.#hour, { clean, slice: this.#slice });
      }
    } catch (error) {
      failure = failure === undefined || failure instanceof OutOfTime ? error : failure;
    }
    if (failure !== undefined) throw failure;
    return this.#slice;
  }

  async #fillSlice(report: BackfillReport, hourEnd: number): Promise<void> {
    const { deadline, settings, startedAt } = this.#context;
    if (deadline.left() <= 0) throw new OutOfTime('filling the past');
    const from = report.coveredTo;
    // The live run asks for its holes itself: two at the same time could both forward their records.
    const hole = firstHoleAfter(report.holes, from);
    if (hole && hole.from <= from) {
      report.coveredTo = Math.min(hole.to, hourEnd, report.to);
      return;
    }
    const to = Math.min(
      report.to,
      hourEnd,
      hole?.from ?? hourEnd,
      settings.boundedAbove ? from + longestSlice(this.#context, this.#slice) : hourEnd,
    );
    const task = {
      range: { from, to },
      backfillBelow: Number.POSITIVE_INFINITY,
      possibleDuplicate: this.#hasUnconfirmedWrites,
      ledgerMayBeGone: from < startedAt - LEDGER_LIFE_SECONDS,
    };
    try {
      const { complete, end, dense } = await processSlice(this.#context, task);
      if (!complete) {
        this.#shorten(to - from);
        return;
      }
      if (end < to) throw clockWentBack();
      report.coveredTo = to;
      if (!dense) this.#slice = Math.min(HOUR_SECONDS, sliceRules.longer(this.#slice));
    } catch (error) {
      if (refusalOf(error) !== undefined) return this.#divide(report, task, error);
      if (wantsShorterSlice(error)) this.#shorten(to - from);
      if (unrecoverable(this.#context, [error], to - from).length > 0) throw error;
    }
  }

  /** What the source refuses is reported, and the backfill continues behind it. */
  async #divide(report: BackfillReport, task: SliceTask, error: unknown): Promise<void> {
    const { coveredTo, refused, failure } = await divideRefused(this.#context, task, error);
    report.coveredTo = Math.min(task.range.to, coveredTo);
    const own = refused.map((range) => ({ ...range, to: Math.min(range.to, task.range.to) }));
    report.holes = [...report.holes, ...own].sort((one, other) => one.from - other.from);
    if (failure !== undefined) throw failure;
  }

  #shorten(length: number): void {
    this.#slice = sliceRules.shorter(Math.min(this.#slice, length));
  }
}

/** The range is below the final watermark, so Valence's clock had passed it before. */
const clockWentBack = () =>
  new ClockError(
    'clock-behind',
    'Valence’s clock went back: it is before a time that it had already passed, so no range can be called complete.',
    'If it passes, do nothing. In a local run, set the clock.',
  );
