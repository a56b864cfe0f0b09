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

  /** @param isCalm whether nothing else troubles the scenario: what a failed run leaves half sent looks like records that are late */
  constructor({ faults, server }: Scenario, isCalm: boolean) {
    // Copies are confirmed later than the other records, and what lies outside the range has no part in the decision.
    const { filters, takesUpperBound } = server;
    this.#isWatched = isCalm && !faults.has('identical records') && filters && takesUpperBound;
  }

  /** To be called with a record that arrives without the mark and had arrived in another form. Alerts with an id are updated instead. */
  repeated(invocation: Invocation, truth: Truth): void {
    const { stream, time, vuid } = truth;
    const wasRead = time !== undefined && time < (invocation.watermarksBefore.get(stream) ?? 0);
    if (!this.#isWatched || vuid !== undefined || !wasRead) return;
    this.#unmarked.set(invocation, (this.#unmarked.get(invocation) ?? new Set()).add(truth));
  }

  /** P2: where most of a range that was read before looks new, each record says that it may be there twice. */
  runEnded(invocation: Invocation, scans: readonly Scan[]): void {
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
