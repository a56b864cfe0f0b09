import type { Stream } from '../../lambda/contract.ts';
import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { mixed } from './random.ts';
import type { Scenario } from './scenario.ts';
import { isShown, listedAt, type Truth } from './truth.ts';

/** The lists that requests ask for: which records, in which order, and where a page begins. */
export class RecordLists {
  readonly #scenario: Scenario;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  /** How many records of the list come before the page that a request asks for. */
  position(url: URL): number {
    const { style } = this.#scenario.server;
    const number = (name: string) => Number(url.searchParams.get(name) ?? 0);
    if (style === 'page') return (number('page') - 1) * number('limit');
    if (style === 'offset') return number('offset');
    return Number(url.searchParams.get('cursor')?.split('.')[1] ?? 0);
  }

  isFirstPage(url: URL): boolean {
    return this.position(url) === 0 && !url.searchParams.has('cursor');
  }

  /**
   * Whether a page begins at a number, even if the records before it have changed; a key or a snapshot finds its place
   * again.
   */
  get findsByPosition(): boolean {
    const { style, cursor } = this.#scenario.server;
    return style === 'offset' || style === 'page' || (style !== 'none' && cursor === 'position');
  }

  /** Index of the first record of a page. */
  startOf(url: URL, all: readonly Truth[], position: number): number {
    const [kind, , after] = url.searchParams.get('cursor')?.split('.') ?? [];
    if (kind !== 'key' || after === '') return position;
    const last = this.#scenario.truths[Number(after)];
    if (!last) return position;
    // A page of one record would never get any further.
    const overlaps = this.#scenario.server.overlaps && Number(url.searchParams.get('limit')) > 1;
    const start = all.findIndex((truth) => this.compare(last, truth, 0) < (overlaps ? 1 : 0));
    return start === -1 ? all.length : start;
  }

  /** By the server's order of a list; `salt` changes it where the order changes with time. */
  compare(a: Truth, b: Truth, salt: number): number {
    const byTime = (a.time ?? 0) - (b.time ?? 0) || a.id - b.id;
    switch (this.#scenario.server.order) {
      case 'ascending':
        return byTime;
      case 'descending':
        return -byTime;
      case 'shuffled':
        return placeOf(a, 0) - placeOf(b, 0) || byTime;
      case 'changing':
        return placeOf(a, salt) - placeOf(b, salt) || byTime;
    }
  }

  /** The records that a request asks for and that the server shows at a time (epoch milliseconds). */
  matching(stream: Stream, url: URL, now: number): Truth[] {
    const { filters, lowerBoundCounts, upperBoundCounts } = this.#scenario.server;
    const { from, to } = this.asked(url);
    return this.#scenario.truths.filter((truth) => {
      if (truth.stream !== stream || !isShown(truth, now)) return false;
      const time = listedAt(truth);
      if (time === undefined || !filters) return true;
      return (
        (time > from || (lowerBoundCounts && time === from)) &&
        (time < to || (upperBoundCounts && time === to))
      );
    });
  }

  /** What is left of a list that is too long. */
  cut(all: Truth[]): Truth[] {
    let left = this.#scenario.server.longestList;
    return all.filter(({ time }) => time === undefined || left-- > 0);
  }

  /** The range of a request, in epoch seconds. */
  asked(url: URL): Range {
    const { timeUnit } = this.#scenario.server;
    const seconds = (text: string | null, otherwise: number) => {
      if (text === null) return otherwise;
      if (timeUnit === 'iso') return Date.parse(text) / 1000;
      return timeUnit === 'ms' ? Number(text) / 1000 : Number(text);
    };
    return {
      from: seconds(url.searchParams.get('from'), 0),
      to: seconds(url.searchParams.get('to'), Number.POSITIVE_INFINITY),
    };
  }
}

/** The place of a record in a shuffled list. */
const placeOf = ({ id }: Truth, salt: number): number => mixed(id ^ Math.imul(salt, 0x9e3779b1), 'place');

/** Whether a time lies within bounds; what has none does, whatever they are. */
export const isBetween = (time: number | undefined, from: number, to: number): boolean =>
  time === undefined || (time > from && time < to);
