import type { Stream } from '../../lambda/contract.ts';
import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { withoutRange } from '../../lambda/forwarder/core/runs/holes.ts';
import type { Hole, Progress } from '../../lambda/forwarder/core/state-ports.ts';
import { MAX_HOLES } from '../../lambda/limits.ts';
import { Violation } from './gateway.ts';
import type { Invocation } from './invocation.ts';
import type { ListRequest } from './list-requests.ts';
import type { Scenario } from './scenario.ts';
import { listedAt, type Truth } from './truth.ts';
import type { ValenceServer } from './valence-server.ts';

/** Compares the holes in the state with what the source has really refused. */
export class HoleChecker {
  readonly #scenario: Scenario;
  readonly #valence: ValenceServer;
  /** Records that the source no longer had when the start of their stream moved past them. */
  readonly #beforeStart = new Set<Truth>();
  /** Seconds that look cut. */
  readonly #suspected = new Set<number>();

  constructor(scenario: Scenario, valence: ValenceServer) {
    this.#scenario = scenario;
    this.#valence = valence;
  }

  /**
   * P3 and P5, when progress is noted.
   * @param now epoch milliseconds of the true time
   * @returns the ranges that watermarks may pass without a proof, and those that the run has read at last
   */
  progressNoted(
    { lists }: Invocation,
    stream: Stream,
    before: Progress,
    after: Progress,
    now: number,
  ): { refused: Range[]; filled: Range[] } {
    const { holes, startPoint } = after;
    const isOrdered = holes.every(({ from, to }, at) => from < to && from >= (holes[at - 1]?.to ?? 0));
    if (!isOrdered || holes.length > MAX_HOLES) {
      throw new Violation('P5', `The holes of ${stream} are too many, or overlap.`, holes);
    }
    const moved = { from: before.startPoint, to: startPoint };
    const added = [...partsOf(holes, before.holes), ...(moved.from < moved.to ? [moved] : [])];
    // If there are too many, two become one, which includes the range between them.
    const isMerged = holes.length === MAX_HOLES;
    for (const part of isMerged ? [] : added) {
      if (wasRefused(lists.of(stream), part) || this.#looksCut(lists.of(stream), part)) continue;
      throw new Violation('P3', `A hole of ${stream} holds what the source did not refuse.`, part);
    }
    // What the source has failed on before may look cut now.
    for (const hole of holes) this.#looksCut(lists.of(stream), hole);
    this.#startMoved(stream, moved, now);
    return { refused: [...holes, moved], filled: partsOf(before.holes, holes) };
  }

  /** Whether the source is the reason that a record has not arrived. */
  excuses(truth: Truth, holes: readonly Hole[], now: number): boolean {
    const time = listedAt(truth);
    if (time === undefined) return false;
    if (this.#beforeStart.has(truth)) return true;
    return holes.some(({ from, to }) => time >= from && time < to) && this.#valence.isTooOld(time, now);
  }

  /** P6: the holes that the source would fill if it were asked. */
  fillable(holes: readonly Hole[], now: number): Hole[] {
    const looksCut = (hole: Hole) => isCut(hole) && this.#suspected.has(hole.from);
    return holes.filter((hole) => !this.#valence.isTooOld(hole.to - 1, now) && !looksCut(hole));
  }

  /**
   * Whether a hole consists of seconds that look cut: they may be whole, but lists of a round number of records that state no end are
   * suspected as long as nothing has shown that lists can be longer. Their records are delivered.
   */
  #looksCut(lists: readonly ListRequest[], part: Hole | Range): boolean {
    if (!isCut(part)) return false;
    const long = new Set(lists.filter(mayLookCut).map(({ range }) => range.from));
    const seconds = Array.from({ length: part.to - part.from }, (_, second) => part.from + second);
    if (!seconds.every((second) => long.has(second))) return false;
    for (const second of seconds) this.#suspected.add(second);
    return true;
  }

  #startMoved(stream: Stream, { from, to }: Range, now: number): void {
    for (const truth of this.#scenario.truths) {
      const time = listedAt(truth);
      if (truth.stream !== stream || time === undefined || time < from || time >= to) continue;
      if (this.#valence.isTooOld(time, now)) this.#beforeStart.add(truth);
    }
  }
}

const isCut = (part: Hole | Range): boolean => 'status' in part && part.status === 'cut';

/** Multiples of it are round numbers; which records of a list count is up to the forwarder. */
const ROUND_SIZE = 10;

const mayLookCut = ({ range, outcome, records }: ListRequest): boolean =>
  range.to - range.from <= 1 && outcome === 'answered' && records >= ROUND_SIZE;

/** The parts of some holes that are not in others. */
const partsOf = (holes: readonly Hole[], former: readonly Hole[]): Hole[] =>
  former.reduce<Hole[]>((parts, hole) => withoutRange(parts, hole), [...holes]);

/** Whether the source refused the first and the last second of a range, or what lies around them. */
function wasRefused(lists: readonly ListRequest[], { from, to }: Range): boolean {
  const refused = lists.filter(({ outcome }) => outcome === 'refused').map(({ range }) => range);
  const isSecond = (range: Range) => range.to - range.from <= 1;
  return (
    refused.some((range) => isSecond(range) && range.from <= from) &&
    refused.some((range) => isSecond(range) && range.to >= to)
  );
}
