import { ALERT_TYPES_WAIT_SECONDS, LEDGER_LIFE_SECONDS } from '../../../limits.ts';
import type { Range } from '../ports.ts';
import { historyFor, isSameHistory } from '../records/identity-history.ts';
import { sliceRules } from '../slices/planner.ts';
import {
  type OutsiderRules,
  type RunOfStream,
  type StreamContext,
  streamContext,
} from '../slices/stream-context.ts';
import type { HoleStatus, Progress, StreamState } from '../state-ports.ts';
import { doubtfulHolesEnd, type Refusal, withoutRange, withRefusal } from './holes.ts';

/** One stream during one scheduled run, which holds the stream's lease and therefore may move its watermarks. */
export class LiveRun {
  readonly context: StreamContext;
  /** End of the first run's initial range. */
  readonly initialUntil: number;
  /** What will be saved; changes as slices complete. */
  readonly progress: Progress;
  #saved: Progress;

  /**
   * @param state as the previous run left it
   * @param isFirst whether no run was before this one, so that the ledger is empty
   */
  constructor(run: RunOfStream, state: StreamState, isFirst = false) {
    const { stream, settings, startedAt } = run;
    const identity = isFirst
      ? { now: settings.identityRules, former: [] }
      : historyFor(stream, state.identity, settings.identityRules, { now: startedAt, ...settings });
    this.progress = { ...inherit(state, startedAt), identity };
    const { typesMissingSince } = state;
    const inherited = {
      othersMayHavePosted: () => this.#inheritsUnconfirmedWrites(),
      intake: this.progress,
      finalWatermark: state.finalWatermark,
      alertTypesMayBeMissing:
        typesMissingSince > 0 && startedAt - typesMissingSince >= ALERT_TYPES_WAIT_SECONDS,
      outsiders: this.#outsiderRules(run, state),
    };
    this.context = streamContext({ ...run, identity }, inherited);
    this.initialUntil = state.initialUntil;
    this.#saved = { ...state };
  }

  #outsiderRules(
    { startedAt, settings }: RunOfStream,
    { startPoint, watermark }: StreamState,
  ): OutsiderRules {
    const ledgerFrom = startedAt - LEDGER_LIFE_SECONDS;
    return {
      from: Math.max(startPoint, Math.min(ledgerFrom, watermark)),
      to: sliceRules.catchUpTarget(startedAt, settings.settleSeconds),
      // Below the final watermark, a backfill may be forwarding the same record now.
      markBelow: () => Math.max(this.progress.finalWatermark, ledgerFrom),
      doubtfulHolesEnd: () => doubtfulHolesEnd(this.progress.holes),
      isIntended: () => this.#saved.postsOutside > 0,
      recordIntent: () => {
        this.progress.postsOutside = 1;
        return this.save();
      },
    };
  }

  /** Whether an earlier run may have posted records that are not in the ledger. */
  #inheritsUnconfirmedWrites(): boolean {
    const { watermark, freshDoubtEnd, sweepPosition, sweepDoubtEnd } = this.progress;
    return freshDoubtEnd > watermark || sweepDoubtEnd > sweepPosition;
  }

  /** Saves progress. Throws as {@link StateStore.save} does. */
  async save(): Promise<void> {
    const { ports, lease } = this.context;
    this.progress.saves++;
    await ports.store.save(lease, this.progress);
    this.#saved = { ...this.progress };
  }

  /**
   * Records the intent to process slices, before they are processed. If this run is killed, the next one reads from it
   * which writes are unconfirmed, and how long slices must not be again. Writes only what an earlier intent did not cover.
   * Throws as {@link save} does.
   * @param end of the last slice
   */
  async recordCatchUpIntent(end: number): Promise<void> {
    const isCovered = end <= this.#saved.freshEnd && this.progress.slice >= this.#saved.slice;
    if (isCovered && !this.#hasNewIdentity) return;
    this.progress.freshEnd = Math.max(end, this.progress.freshEnd);
    await this.save();
  }

  /** The same for a slice of the sweep. */
  async recordSweepIntent({ from, to }: Range): Promise<void> {
    const { progress } = this;
    progress.sweepPosition = from;
    const isCovered = from >= this.#saved.sweepPosition && to <= this.#saved.sweepEnd;
    if (isCovered && progress.sweepSlice >= this.#saved.sweepSlice && !this.#hasNewIdentity) return;
    progress.sweepEnd = isCovered ? progress.sweepEnd : to;
    await this.save();
  }

  /** Whether the rules have changed by which records are identified, and the state does not say so yet. */
  get #hasNewIdentity(): boolean {
    const { identity } = this.progress;
    return identity !== undefined && !isSameHistory(this.#saved.identity, identity);
  }

  /**
   * Notes ranges that the source refused, so that the watermarks may pass them.
   * @param doubtEnd records below this time may have been posted without a ledger entry, epoch seconds
   */
  recordRefusals(refused: readonly Refusal[], doubtEnd: number): void {
    const { progress, context } = this;
    const { ports, stream, startedAt } = context;
    for (const refusal of refused) {
      const { from, to, status } = refusal;
      ports.telemetry.info(
        'range-refused',
        'Valence refused a range and answered others. The next runs ask for it again.',
        { stream, from, to, status },
      );
      progress.holes = withRefusal(progress.holes, refusal, startedAt, from < doubtEnd);
    }
  }

  /**
   * Lets the stream start later, because the source keeps nothing of the beginning of its first range any more. A hole that begins
   * there ends.
   * @param kept the first moment that the source answers for, epoch seconds
   */
  moveStart(kept: number, status: HoleStatus): void {
    const { progress, context } = this;
    const { startPoint, watermark } = progress;
    context.ports.telemetry.warn(
      'start-moved',
      'Valence refuses to answer for the start of the first range. The stream starts where it does answer.',
      { stream: context.stream, from: startPoint, to: kept, status },
    );
    progress.startPoint = kept;
    progress.holes = withoutRange(progress.holes, { from: startPoint, to: kept });
    progress.finalWatermark = Math.max(progress.finalWatermark, Math.min(kept, watermark));
    progress.sweepPosition = Math.max(progress.sweepPosition, progress.finalWatermark);
  }

  #typesMissingSince(): number {
    const { alertTypes, startedAt } = this.context;
    if (alertTypes.outcome === 'failed') return this.progress.typesMissingSince || startedAt;
    return alertTypes.outcome === 'loaded' ? 0 : this.progress.typesMissingSince;
  }

  /** Releases the lease, and records as intent what the next run will most likely process first. */
  async release(): Promise<void> {
    const { progress, context } = this;
    const { settings, deliveryState, counts, ports, lease } = context;
    const clean = deliveryState.isFullyAcknowledged;
    const nextFreshEnd = progress.watermark + progress.slice * settings.parallelSlices;
    progress.freshEnd = clean ? nextFreshEnd : Math.max(progress.freshEnd, nextFreshEnd);
    const nextSweepEnd = progress.sweepPosition + progress.sweepSlice;
    progress.sweepEnd = clean ? nextSweepEnd : Math.max(progress.sweepEnd, nextSweepEnd);
    progress.lastRecordAt = Math.max(progress.lastRecordAt, counts.newestRecord);
    progress.typesMissingSince = this.#typesMissingSince();
    if (clean) progress.postsOutside = 0;
    progress.saves++;
    await ports.store.release(lease, progress, clean);
  }
}

/**
 * The progress to start from. If the previous run was not fully acknowledged, its unconfirmed writes are within the intent
 * that it recorded: nothing dated after its start, and by the sweep nothing above the watermark. If it was killed, its
 * slices may have needed more memory than there is, so they become shorter until one completes.
 */
function inherit(state: StreamState, now: number): Progress {
  const { initialUntil: _, fence: _f, owner: _o, leaseUntil: _l, lastRunAt, clean, ...progress } = state;
  // No run has caught up since the last sweep: slices that were incomplete then still are, and their ledger entries are as
  // old.
  const ledgerMayBeGone = now - Math.max(progress.sweptAt, progress.watermark) >= LEDGER_LIFE_SECONDS;
  if (clean && !ledgerMayBeGone) return progress;
  if (!clean && progress.postsOutside > 0) {
    // It may have posted any record since the final watermark, so the sweep starts again, in doubt about all of them.
    progress.sweepPosition = progress.finalWatermark;
    progress.sweepEnd = progress.watermark;
    progress.freshEnd = Math.max(progress.freshEnd, lastRunAt);
  }
  return {
    ...progress,
    slice: clean ? progress.slice : sliceRules.shorter(progress.slice),
    sweepSlice: clean ? progress.sweepSlice : sliceRules.shorter(progress.sweepSlice),
    freshDoubtEnd: Math.max(progress.freshDoubtEnd, Math.min(progress.freshEnd, lastRunAt)),
    sweepDoubtEnd: Math.max(progress.sweepDoubtEnd, Math.min(progress.sweepEnd, progress.watermark)),
    // It may have posted records of any hole.
    postsOutside: 0,
    holes: clean ? progress.holes : progress.holes.map((hole) => ({ ...hole, doubt: true })),
  };
}
