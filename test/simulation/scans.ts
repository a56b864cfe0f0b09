import type { Stream } from '../../lambda/contract.ts';
import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { RANGE_SLACK_SECONDS } from '../../lambda/limits.ts';
import type { Invocation } from './invocation.ts';
import type { Window } from './scenario.ts';
import { listedAt, type Truth } from './truth.ts';

/** One scan of a range, from its first page on, with the records that it showed. */
export interface Scan {
  invocation: Invocation;
  stream: Stream;
  /** The range that the caller means: its request has slack on each side, or has no upper bound. */
  range: Range;
  /** Epoch milliseconds of the true time. */
  startedAt: number;
  endedAt: number;
  /** The caller has received the answer that ends the list. */
  complete: boolean;
  /** How often each record was shown, and with what content last. */
  shown: Map<Truth, { times: number; content: string }>;
  /** The whole list as it was when a page was last asked for. */
  list: readonly Truth[];
  /** Between two pages the list changed before the start of the second one, so any reader may miss a record. */
  shifted: boolean;
}

interface PageRequest {
  isFirstPage: boolean;
  /** A list without a range proves nothing about any range. */
  hasRange: boolean;
  /** Epoch milliseconds of the true time. */
  now: number;
}

/** What each scan has shown to the run that made it. */
export class Scans {
  readonly all: Scan[] = [];
  readonly #open = new Map<string, Scan>();
  /** By the parameters of a request. */
  readonly #meant = new Map<string, Range>();

  /** Sets the range that the next scan with the same parameters means. */
  expect(invocation: Invocation, stream: Stream, range: Range): void {
    this.#meant.set(`${invocation.id} ${stream} ${range.from}`, range);
  }

  /**
   * The scan that a request belongs to.
   * @param asked the range in the request
   * @returns `begin` is to be called when the caller has received the answer: a first page that arrives too late begins no scan
   */
  of(
    invocation: Invocation,
    stream: Stream,
    asked: Range,
    { isFirstPage, hasRange, now }: PageRequest,
  ): { scan: Scan; begin: () => void } {
    const key = `${invocation.id} ${stream} ${asked.from} ${asked.to}`;
    const open = this.#open.get(key);
    if (open && !isFirstPage) return { scan: open, begin: () => undefined };
    const range = hasRange ? this.#meant.get(`${invocation.id} ${stream} ${asked.from + 1}`) : asked;
    if (!range) throw new Error('A request has no known range.');
    const scan: Scan = {
      invocation,
      stream,
      range,
      startedAt: now,
      endedAt: now,
      complete: false,
      shown: new Map(),
      list: [],
      shifted: false,
    };
    const begin = () => {
      this.#open.set(key, scan);
      if (hasRange) this.all.push(scan);
    };
    return { scan, begin };
  }

  /**
   * The number of copies that counting finds if pages shifted during both scans of a slice and showed a record twice each
   * time: a reader cannot distinguish these echoes from twins.
   */
  countedCopies({ stream }: Truth, content: string): number {
    const slices = new Map<string, number[]>();
    for (const { invocation, stream: name, range, shown, complete } of this.all) {
      if (name !== stream || !complete) continue;
      const own = [...shown].filter(([, last]) => last.content === content);
      const key = `${invocation.id} ${range.from} ${range.to}`;
      slices.set(key, [...(slices.get(key) ?? []), own.reduce((sum, [, { times }]) => sum + times, 0)]);
    }
    // A slice may be drained several times in a run; the two or three scans of one drain follow each other.
    const pairs = [...slices.values()].flatMap((counts) =>
      counts
        .slice(1)
        .map((count, index) => Math.min(count, Math.max(...counts.slice(Math.max(0, index - 1), index + 1)))),
    );
    return Math.max(0, ...pairs);
  }

  /**
   * Whether every complete scan that showed a record asked for a range next to its time, so that the record looked like one of the
   * slack, which the list of its own range shows.
   */
  hasShownInSlackOnly(truth: Truth): boolean {
    const { stream, time = Number.NaN } = truth;
    const showing = this.all.filter(
      ({ stream: read, complete, shown }) => read === stream && complete && shown.has(truth),
    );
    return (
      showing.length > 0 &&
      showing.every(
        ({ range: { from, to } }) =>
          (time < from && time >= from - RANGE_SLACK_SECONDS) ||
          (time >= to && time <= to + RANGE_SLACK_SECONDS),
      )
    );
  }

  /** Whether a complete scan within a stretch of time has not shown a record of its range, or in another form. */
  hasHidden(truth: Truth, content: string, { from, to }: Window): boolean {
    const { stream, vuid } = truth;
    const time = listedAt(truth);
    return this.all.some(
      ({ stream: read, range, complete, startedAt, endedAt, shown }) =>
        read === stream &&
        complete &&
        startedAt >= from &&
        endedAt <= to &&
        (time === undefined || (time >= range.from && time < range.to)) &&
        // An alert with an id is known in whatever form it is shown.
        (vuid === undefined ? shown.get(truth)?.content !== content : !shown.has(truth)),
    );
  }
}
