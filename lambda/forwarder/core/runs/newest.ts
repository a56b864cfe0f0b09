import { HOUR_SECONDS } from '../../../limits.ts';
import { OutOfTime, SourceError } from '../../../shared/errors.ts';
import { type SliceTask, sliceRules } from '../slices/planner.ts';
import { processTasks, type SliceResult } from '../slices/process-slice.ts';
import { longestSlice } from '../slices/stream-context.ts';
import type { LiveRun } from './live-run.ts';
import { isTooLarge } from './page-size.ts';
import { refusalOf } from './refused-ranges.ts';
import { describeError } from './report.ts';

/**
 * Forwards what the source shows of the newest seconds, to which it may still add records. This proves nothing and moves no watermark:
 * a later run reads the range again, and the ledger knows what was forwarded. So a source that does not answer here fails no run.
 */
export class Newest {
  readonly #run: LiveRun;
  /** Everything before it was forwarded, or settles first. */
  #position: number;
  readonly #end: number;
  #slice: number;

  constructor(run: LiveRun) {
    const { progress, context } = run;
    const { settings, startedAt, lists } = context;
    this.#run = run;
    this.#position = Math.max(
      progress.watermark,
      sliceRules.catchUpTarget(startedAt, settings.settleSeconds),
    );
    const wasRefused = startedAt - lists.newestRefusedAt < HOUR_SECONDS;
    this.#end = wasRefused ? this.#position : startedAt - settings.holdBackSeconds;
    this.#slice = longestSlice(context, progress.slice);
  }

  /** The slice to process next; undefined when there is none. */
  get nextTask(): SliceTask | undefined {
    const { context, progress } = this.#run;
    const from = this.#position;
    if (from >= this.#end) return undefined;
    const to = context.settings.boundedAbove ? Math.min(this.#end, from + this.#slice) : this.#end;
    return {
      range: { from, to },
      backfillBelow: 0,
      possibleDuplicate: from < progress.freshDoubtEnd,
      isProvisional: true,
    };
  }

  /**
   * Takes the outcome of {@link nextTask}.
   * @throws whatever the task failed with, but no error of the source or for lack of time
   */
  take({ range }: SliceTask, result: PromiseSettledResult<SliceResult>): void {
    if (result.status === 'rejected') this.#fail(result.reason);
    else if (result.value.complete) this.#position = range.to;
    else this.#slice = sliceRules.shorter(this.#slice);
  }

  /** Forwards what is left. Throws as {@link take} does, and as {@link LiveRun.recordCatchUpIntent}. */
  async forwardRest(): Promise<void> {
    const { context } = this.#run;
    for (let task = this.nextTask; task; task = this.nextTask) {
      await this.#run.recordCatchUpIntent(task.range.to);
      const [result] = await processTasks(context, [task]);
      if (result) this.take(task, result);
    }
  }

  #fail(error: unknown): void {
    const { ports, stream, startedAt, lists, settings } = this.#run.context;
    if (isTooLarge(error) && settings.boundedAbove && this.#slice > 1) {
      this.#slice = sliceRules.shorter(this.#slice);
      return;
    }
    const refusal = refusalOf(error);
    // Other refusals may be an accident.
    if (typeof refusal === 'number' && refusal < 500) lists.newestRefusedAt = startedAt;
    else if (!(error instanceof SourceError || error instanceof OutOfTime)) throw error;
    const { code } = describeError(error);
    ports.telemetry.info(
      'newest-not-answered',
      'Valence did not answer for the newest seconds. A later run reads them.',
      { stream, from: this.#position, to: this.#end, code },
    );
    this.#position = this.#end;
  }
}
