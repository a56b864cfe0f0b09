import { Violation } from './gateway.ts';
import type { Invocation } from './invocation.ts';
import type { Scan } from './scans.ts';
import type { Scenario } from './scenario.ts';
import type { Truth } from './truth.ts';

/** Fewer than three new records of a range may well have appeared late. */
const MOST_UNMARKED = 2;

/** Judges what a run sends again because a record has another form than when it was sent. */
export class ReshapedRecords {
  readonly #isWatched: boolean;
  /** What each run has sent again without the mark. */
  readonly #unmarked = new Map<Invocation, Set<Truth>>();
  /** How many records of ranges that were read before each run has marked. */
  readonly #marked = new Map<Invocation, number>();

  /** @param isCalm whether nothing else troubles the scenario: what a failed run leaves half sent looks like records that are late */
  constructor({ faults, server }: Scenario, isCalm: boolean) {
    // Copies are confirmed later than the other records, and what lies outside the range has no part in the decision.
    const { filters, takesUpperBound } = server;
    this.#isWatched = isCalm && !faults.has('identical records') && filters && takesUpperBound;
  }

  /** To be called with a record that arrives without the mark and had arrived in another form. Alerts with an id are updated instead. */
  repeated(invocation: Invocation, truth: Truth): void {
    if (!this.#isWatched || truth.vuid !== undefined || !wasRead(invocation, truth)) return;
    this.#unmarked.set(invocation, (this.#unmarked.get(invocation) ?? new Set()).add(truth));
  }

  /**
   * To be called with a record that arrives with the mark.
   * @returns whether its range was read before: where three records or more appear there late, they look as if their form had changed
   */
  marked(invocation: Invocation, truth: Truth): boolean {
    if (!wasRead(invocation, truth)) return false;
    this.#marked.set(invocation, (this.#marked.get(invocation) ?? 0) + 1);
    return true;
  }

  /** P2: where most of a range that was read before looks new, each record says that it may be there twice. */
  runEnded(invocation: Invocation, scans: readonly Scan[]): void {
    const marked = this.#marked.get(invocation) ?? 0;
    if (marked > 0 && marked <= MOST_UNMARKED) {
      throw new Violation(
        'P2',
        `Run ${invocation.id} marks ${marked} late records although nothing was in doubt.`,
      );
    }
    const unmarked = [...(this.#unmarked.get(invocation) ?? [])];
    if (unmarked.length === 0) return;
    for (const scan of scans) {
      if (scan.invocation !== invocation) continue;
      const ofScan = unmarked.filter((truth) => scan.shown.has(truth));
      if (ofScan.length <= Math.max(MOST_UNMARKED, scan.shown.size / 2)) continue;
      throw new Violation('P2', `Run ${invocation.id} repeats reshaped records without the mark.`, ofScan);
    }
  }
}

const wasRead = ({ watermarksBefore }: Invocation, { stream, time }: Truth): boolean =>
  time !== undefined && time < (watermarksBefore.get(stream) ?? 0);
