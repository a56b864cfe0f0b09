/** The metrics of a simulated CloudWatch. Times are epoch seconds. */

export interface MetricId {
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, string>>;
}

export type Statistic = 'Sum' | 'Minimum' | 'Maximum' | 'SampleCount';

/** Periods of an equal length, the last of which ends now. */
export interface Periods {
  /** Seconds. */
  period: number;
  count: number;
  /** Epoch seconds. */
  now: number;
}

interface Point {
  at: number;
  /** When CloudWatch shows it. */
  shownAt: number;
  value: number;
}

const keyOf = ({ namespace, name, dimensions }: MetricId): string =>
  [namespace, name, ...Object.entries(dimensions).flat().sort()].join('|');

const STATISTICS: Readonly<Record<Statistic, (values: readonly number[]) => number>> = {
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  Minimum: (values) => Math.min(...values),
  Maximum: (values) => Math.max(...values),
  SampleCount: (values) => values.length,
};

/** Values by metric, each shown some time after it was written. */
export class MetricStore {
  readonly #points = new Map<string, Point[]>();
  readonly #keys = new WeakMap<MetricId, string>();
  readonly #delay: number;

  /** @param delay seconds until a value is shown */
  constructor(delay: number) {
    this.#delay = delay;
  }

  /** Values of one metric must be put in the order of their times. */
  put(id: MetricId, at: number, value: number): void {
    const key = this.#keyOf(id);
    const points = this.#points.get(key) ?? [];
    points.push({ at, shownAt: at + this.#delay, value });
    this.#points.set(key, points);
  }

  /**
   * A statistic over periods that end now, the newest first; undefined where there are no values to be seen.
   * @param period seconds
   */
  read(id: MetricId, statistic: Statistic, { period, count, now }: Periods): (number | undefined)[] {
    const points = this.#points.get(this.#keyOf(id)) ?? [];
    const found: number[][] = [];
    for (let index = points.length - 1; index >= 0; index--) {
      const { at, shownAt, value } = points[index] as Point;
      if (at < now - count * period) break;
      if (at >= now || shownAt > now) continue;
      const back = Math.ceil((now - at) / period) - 1;
      const values = found[back];
      if (values) values.push(value);
      else found[back] = [value];
    }
    return Array.from({ length: count }, (_, back) => {
      const values = found[back];
      return values && STATISTICS[statistic](values);
    });
  }

  #keyOf(id: MetricId): string {
    const key = this.#keys.get(id) ?? keyOf(id);
    this.#keys.set(id, key);
    return key;
  }
}
