/**
 * What redaction may cost, in comparisons of characters: about a nanosecond each. A search for a name may compare each of its
 * characters at each place of the text, and folding a text costs as much as many comparisons. Only hostile records need more; their
 * texts are then removed without a search.
 */

/** About a third of a second, so that one hostile record does not delay a run. An alert with events of a hundred people needs less. */
const MOST_FOR_A_LOG = 300_000_000;

/**
 * About five milliseconds, more than an ordinary log needs: an audit log takes a fiftieth of it, an alert with events of ten people
 * nearly all. Each log has that much, whatever others have spent.
 */
const FREE_FOR_A_LOG = 5_000_000;

/** About twenty seconds: what all logs of a run may spend beyond what is free, so that it gets through thousands of hostile ones. */
const MOST_FOR_A_RUN = 20_000_000_000;

/** What the logs of one run may spend together, beyond what is free. */
export class RunBudget {
  #left: number;

  /** @param most in comparisons */
  constructor(most = MOST_FOR_A_RUN) {
    this.#left = most;
  }

  /** @returns false, and takes nothing, when less is left */
  take(comparisons: number): boolean {
    if (comparisons > this.#left) return false;
    this.#left -= comparisons;
    return true;
  }
}

/** What one log may spend. */
export class LogBudget {
  readonly #run: RunBudget;
  #spent = 0;
  #isExhausted = false;

  /** @param run pays for what is not free */
  constructor(run: RunBudget) {
    this.#run = run;
  }

  /** Whether too much was asked for. */
  get isExhausted(): boolean {
    return this.#isExhausted;
  }

  /** Takes work before it is done. @returns false when that is too much: then nothing more may be done */
  spend(comparisons: number): boolean {
    if (this.#isExhausted) return false;
    const before = this.#spent;
    this.#spent += comparisons;
    this.#isExhausted =
      this.#spent > MOST_FOR_A_LOG || !this.#run.take(beyondFree(this.#spent) - beyondFree(before));
    return !this.#isExhausted;
  }
}

const beyondFree = (spent: number): number => Math.max(0, spent - FREE_FOR_A_LOG);
