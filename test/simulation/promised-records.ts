import type { Stream } from '../../lambda/contract.ts';
import type { StreamState } from '../../lambda/forwarder/core/state-ports.ts';
import type { Scans } from './scans.ts';
import type { Scenario } from './scenario.ts';
import { FOREVER, isShown, listedAt, type Truth } from './truth.ts';

const DAY_SECONDS = 86_400;

interface Final {
  scans: Scans;
  /** What each stream ended with, and where it started, in epoch seconds. */
  stateOf: (stream: Stream) => { state: StreamState; start: number } | undefined;
  /** Whether no forwarder could know of a record, or none was allowed to ask for it. */
  isExcused: (truth: Truth) => boolean;
}

/** Counts the records that must have arrived once everything is quiet and final. */
export class PromisedRecords {
  readonly #scenario: Scenario;
  readonly #final: Final;

  constructor(scenario: Scenario, final: Final) {
    this.#scenario = scenario;
    this.#final = final;
  }

  /** Of identical records: how many. */
  among(alike: readonly Truth[]): number {
    const present = alike.filter(
      (truth) => isShown(truth, FOREVER - 1) && !this.#final.isExcused(truth) && !this.#looksLikeSlack(truth),
    );
    const { server, faultsEnd } = this.#scenario;
    const showsFuture = !server.filters || !server.takesUpperBound;
    const isMetByAll = ({ time }: Truth) =>
      time === undefined || (showsFuture && time > faultsEnd / 1000 + DAY_SECONDS);
    return present.every(isMetByAll)
      ? this.#shownToAll(present)
      : present.filter((truth) => this.#isPast(truth)).length;
  }

  /** Of records that belong to no range, those that a run without trouble has met: of copies, as many as each scan. */
  #shownToAll(present: readonly Truth[]): number {
    const drained = new Map<string, number>();
    let most = 0;
    for (const { invocation, stream, range, complete, shown } of this.#final.scans.all) {
      if (!complete || stream !== present[0]?.stream || !invocation.reports[stream]?.caughtUp) continue;
      const count = present.filter((truth) => shown.has(truth)).length;
      // The first one is certain whatever a second scan shows.
      if (count > 0) most = Math.max(most, 1);
      const slice = `${invocation.id} ${range.from} ${range.to}`;
      drained.set(slice, Math.min(count, drained.get(slice) ?? count));
    }
    return Math.max(most, ...drained.values());
  }

  /** Whether only look-back and sweep can find a record, which the core profile leaves out. */
  #looksLikeSlack(truth: Truth): boolean {
    return (
      this.#scenario.profile === 'core' &&
      listedAt(truth) !== truth.time &&
      this.#final.scans.hasShownInSlackOnly(truth)
    );
  }

  /** Whether the watermark has passed a record. */
  #isPast(truth: Truth): boolean {
    const { stream, time } = truth;
    const listed = listedAt(truth);
    const final = this.#final.stateOf(stream);
    if (!final || time === undefined || listed === undefined) return false;
    const { state, start } = final;
    const end = this.#scenario.profile === 'full' ? state.finalWatermark : state.watermark;
    return time >= start && listed < end;
  }
}
