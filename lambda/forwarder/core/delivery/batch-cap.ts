import { MAX_BATCH_LOGS } from '../../../limits.ts';
import type { Progress } from '../state-ports.ts';

/** What is known of the intake from run to run. */
export type IntakeKnowledge = Pick<Progress, 'batchCap'>;

/** Nothing is known: a post may carry as many logs as Datadog allows. */
export const noIntakeKnowledge = (): IntakeKnowledge => ({ batchCap: MAX_BATCH_LOGS });

const doubled = (logs: number) => Math.min(2 * logs, MAX_BATCH_LOGS);

/** What the posts of a batch have shown. */
export interface Shown {
  /** Logs of the largest post that was accepted. */
  largest: number;
  /** Whether a single record was refused or not answered for, so that its content is at fault and not the size. */
  hasRefusedRecord: boolean;
}

/** What two batches have shown together. */
export const shownBy = (a: Shown, b: Shown): Shown => ({
  largest: Math.max(a.largest, b.largest),
  hasRefusedRecord: a.hasRefusedRecord || b.hasRefusedRecord,
});

/**
 * How many logs a post of one stream may carry. It falls where Datadog gives no clear answer to a batch and accepts the same
 * logs in smaller posts. It doubles from run to run, so that the forwarder notices when the reason has passed.
 */
export class BatchCap {
  readonly #known: IntakeKnowledge;
  #logs: number;

  /** @param known changes as the cap does, for the next run */
  constructor(known: IntakeKnowledge) {
    this.#known = known;
    this.#logs = known.batchCap;
    known.batchCap = doubled(known.batchCap);
  }

  get logs(): number {
    return this.#logs;
  }

  /**
   * Finds the cap while a batch that got no clear answer is posted in halves. If that fails in the middle, the next run begins
   * with posts of half the size.
   * @param size logs of the batch
   */
  async learn(size: number, postHalves: () => Promise<Shown>): Promise<Shown> {
    const [before, beforeOfNext] = [this.#logs, this.#known.batchCap];
    this.beginNextWithHalf(size);
    this.#logs = Math.min(before, this.#known.batchCap);
    const shown = await postHalves();
    if (shown.hasRefusedRecord) {
      this.#logs = before;
      this.#known.batchCap = beforeOfNext;
    } else {
      this.#logs = Math.min(before, shown.largest);
      this.#known.batchCap = doubled(this.#logs);
    }
    return shown;
  }

  /** The run ends without a clear answer to a batch. @param size logs of the batch */
  beginNextWithHalf(size: number): void {
    this.#known.batchCap = Math.min(this.#known.batchCap, Math.max(1, Math.ceil(size / 2)));
  }
}
