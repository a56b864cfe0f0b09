import type { Range } from '../../lambda/forwarder/core/ports.ts';
import type { Random } from './random.ts';
import type { Fault, Scenario, Window } from './scenario.ts';
import { FOREVER } from './truth.ts';

/** What a source may refuse while it answers for the rest. Drawn apart, so that seeds keep what else they draw. */
export const REFUSAL_FAULTS = [
  'long ranges refused',
  'seconds that fail',
  'old ranges refused',
  'deep pages fail',
] as const;
export type RefusalFault = (typeof REFUSAL_FAULTS)[number];

/** A limit in seconds, until a moment in epoch milliseconds. */
interface Limit {
  seconds: number;
  until: number;
}

export interface RangeRefusals {
  /** Longer ranges are refused. */
  longest: Limit | undefined;
  /** Ranges that begin longer ago are refused. */
  retention: Limit | undefined;
  /** Epoch seconds by the server's clock; each range that contains one fails, until the faults end. */
  failing: readonly number[];
  /** When every page but the first fails. */
  deepPages: readonly Window[];
}

/** A source that answers for every range. */
export const REFUSES_NOTHING: RangeRefusals = {
  longest: undefined,
  retention: undefined,
  failing: [],
  deepPages: [],
};

export const drawRefusalFaults = (random: Random): RefusalFault[] =>
  REFUSAL_FAULTS.filter(() => random.chance(0.1));

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;

/** What the source of a scenario refuses. Its records are known by now: some of the seconds that fail have one. */
export function drawRefusals(
  { faults, server, start, faultsEnd, truths, settings }: Scenario,
  random: Random,
): RangeRefusals {
  // Where a range has no end, it cannot be divided, and its stream waits.
  const until = () => (server.takesUpperBound && random.chance(0.5) ? FOREVER : faultsEnd);
  const moment = () => random.between(start, faultsEnd);
  const limit = (fault: Fault, lengths: [number, ...number[]]) =>
    faults.has(fault) ? { seconds: random.pick(lengths), until: until() } : undefined;
  const second = () => {
    const { time } = random.pick(truths as [Scenario['truths'][number]]);
    if (time !== undefined && random.chance(0.6)) return time;
    const first = Math.floor(start / 1000) + server.offset - settings.initialLookbackSeconds;
    return random.chance(0.2) ? first : random.between(first, Math.floor(faultsEnd / 1000) + server.offset);
  };
  return {
    longest: limit('long ranges refused', [10 * MINUTE_SECONDS, HOUR_SECONDS, 2 * HOUR_SECONDS]),
    retention: limit('old ranges refused', [HOUR_SECONDS, 3 * HOUR_SECONDS, 6 * HOUR_SECONDS]),
    failing: faults.has('seconds that fail') ? Array.from({ length: random.between(1, 5) }, second) : [],
    deepPages: faults.has('deep pages fail')
      ? [moment(), moment()].map((from) => ({
          from,
          to: Math.min(faultsEnd, from + random.between(10, 120) * MINUTE_SECONDS * 1000),
        }))
      : [],
  };
}

/** One request for a page. */
interface Asked {
  /** In epoch seconds, by the server's clock. */
  range: Range;
  isFirstPage: boolean;
  /** Epoch milliseconds of the true time. */
  now: number;
}

/** Decides which requests the source of a scenario refuses. */
export class Refuser {
  readonly #scenario: Scenario;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  /** The status of the answer; undefined when the request is not refused. */
  statusOf({ range, isFirstPage, now }: Asked): number | undefined {
    const { refusals, faultsEnd } = this.#scenario;
    if (this.isTooOld(range.from, now)) return 410;
    const { longest, failing, deepPages } = refusals;
    const length = Math.min(range.to, this.#time(now)) - range.from;
    if (longest && now < longest.until && length > longest.seconds) return 400;
    if (now < faultsEnd && failing.some((second) => this.#covers(range, second))) return 500;
    return !isFirstPage && deepPages.some(({ from, to }) => now >= from && now < to) ? 500 : undefined;
  }

  /** Whether the source keeps nothing any more of a time, in epoch seconds by its clock. */
  isTooOld(time: number, now: number): boolean {
    const { retention } = this.#scenario.refusals;
    return retention !== undefined && now < retention.until && time < this.#time(now) - retention.seconds;
  }

  #covers({ from, to }: Range, second: number): boolean {
    const { lowerBoundCounts, upperBoundCounts } = this.#scenario.server;
    return (
      (second > from || (lowerBoundCounts && second === from)) &&
      (second < to || (upperBoundCounts && second === to))
    );
  }

  #time(now: number): number {
    return Math.floor(now / 1000) + this.#scenario.server.offset;
  }
}
