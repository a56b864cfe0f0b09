import { LEDGER_LIFE_SECONDS } from '../../../limits.ts';
import type { Progress, Range, StreamState } from '../ports.ts';
import { sliceRules } from '../slices/planner.ts';
import { type RunOfStream, StreamRun } from '../slices/stream-context.ts';

/** One stream during one scheduled run, from the moment it holds the stream's lease: the watermarks are its own to move. */
export class LiveRun extends StreamRun {
  /** End of the first run's initial range. */
  readonly initialUntil: number;
  /** What will be noted; changes as slices complete. */
  readonly progress: Progress;
  #saved: Progress;

  /** @param state as the run found it */
  constructor(run: RunOfStream, state: StreamState) {
    super(run);
    this.initialUntil = state.initialUntil;
    this.progress = inherit(state, this.startedAt);
    this.#saved = { ...state };
  }

  /** Whether an earlier run may have posted what it could not note. */
  override get inDoubt(): boolean {
    const { watermark, freshDoubtEnd, sweepPosition, sweepDoubtEnd } = this.progress;
    return freshDoubtEnd > watermark || sweepDoubtEnd > sweepPosition;
  }

  /** Notes progress. Throws as {@link StateStore.save} does. */
  async save(): Promise<void> {
    await this.ports.store.save(this.lease, this.progress);
    this.#saved = { ...this.progress };
  }

  /**
   * Makes sure that the table says what is about to be drained, before it is: should this run be killed, the next one
   * knows what is in doubt, and how long its slices must not be again. Costs a write only when the last note did not
   * cover it.
   */
  async recordCatchUpIntent(end: number): Promise<void> {
    if (end <= this.#saved.freshEnd && this.progress.slice >= this.#saved.slice) return;
    this.progress.freshEnd = Math.max(end, this.progress.freshEnd);
    await this.save();
  }

  /** The same for a slice of the sweep. */
  async recordSweepIntent({ from, to }: Range): Promise<void> {
    const { progress } = this;
    progress.sweepPosition = from;
    const isCovered = from >= this.#saved.sweepPosition && to <= this.#saved.sweepEnd;
    if (isCovered && progress.sweepSlice >= this.#saved.sweepSlice) return;
    progress.sweepEnd = isCovered ? progress.sweepEnd : to;
    await this.save();
  }

  /** Gives the lease back, noting what the next run will most likely drain first. */
  async release(): Promise<void> {
    const { progress, settings } = this;
    const { clean } = this.deliveryState;
    const nextFreshEnd = progress.watermark + progress.slice * settings.parallelSlices;
    progress.freshEnd = clean ? nextFreshEnd : Math.max(progress.freshEnd, nextFreshEnd);
    const nextSweepEnd = progress.sweepPosition + progress.sweepSlice;
    progress.sweepEnd = clean ? nextSweepEnd : Math.max(progress.sweepEnd, nextSweepEnd);
    progress.lastRecordAt = Math.max(progress.lastRecordAt, this.counts.newestRecord);
    await this.ports.store.release(this.lease, progress, clean);
  }
}

/**
 * The progress to start from. After a holder that left something in doubt, what it may have posted is what it had
 * announced: nothing dated after its start, and by the sweep nothing above the watermark. If it was killed, it may be its
 * slices that were too much for the machine's memory, so they become shorter until one is completed.
 */
function inherit(state: StreamState, now: number): Progress {
  const { initialUntil: _, fence: _f, owner: _o, leaseUntil: _l, lastRunAt, clean, ...progress } = state;
  // Since the sweep last had its turn, no run has brought the watermark up to its own time: slices that were half done
  // then are half done still, and what was noted of them is as old.
  const ledgerMayBeGone = now - Math.max(progress.sweptAt, progress.watermark) >= LEDGER_LIFE_SECONDS;
  if (clean && !ledgerMayBeGone) return progress;
  return {
    ...progress,
    slice: clean ? progress.slice : sliceRules.shorter(progress.slice),
    sweepSlice: clean ? progress.sweepSlice : sliceRules.shorter(progress.sweepSlice),
    freshDoubtEnd: Math.max(progress.freshDoubtEnd, Math.min(progress.freshEnd, lastRunAt)),
    sweepDoubtEnd: Math.max(progress.sweepDoubtEnd, Math.min(progress.sweepEnd, progress.watermark)),
  };
}
