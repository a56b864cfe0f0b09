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

/** What was read at one time. */
export interface Reading {
  /** A value for each period, the newest first; undefined where there are no values to be seen. */
  values: (number | undefined)[];
  /** The last time at which the same would be read, epoch seconds, unless a value is put before. */
  until: number;
  /** All values of the metric, and how many there were. */
  points: readonly Point[];
  size: number;
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
    this.#pointsOf(id).push({ at, shownAt: at + this.#delay, value });
  }

  /** A statistic over periods that end now. */
  read(id: MetricId, statistic: Statistic, { period, count, now }: Periods): Reading {
    const points = this.#pointsOf(id);
    const found: number[][] = [];
    let until = Number.POSITIVE_INFINITY;
    for (let index = points.length - 1; index >= 0; index--) {
      const { at, shownAt, value } = points[index] as Point;
      if (at < now - count * period) break;
      if (at >= now || shownAt > now) {
        until = Math.min(until, Math.max(now, at, shownAt - 1));
        continue;
      }
      const back = Math.ceil((now - at) / period) - 1;
      until = Math.min(until, at + (back + 1) * period);
      const values = found[back];
      if (values) values.push(value);
      else found[back] = [value];
    }
    const values = Array.from({ length: count }, (_, back) => {
      const inPeriod = found[back];
      return inPeriod && STATISTICS[statistic](inPeriod);
    });
    return { values, until, points, size: points.length };
  }

  /** Whether the same would be read now. Most alarms look at much longer periods than the minute between two evaluations. */
  isCurrent({ until, points, size }: Reading, now: number): boolean {
    return now <= until && points.length === size;
  }

  #pointsOf(id: MetricId): Point[] {
    const key = this.#keyOf(id);
    const points = this.#points.get(key) ?? [];
    this.#points.set(key, points);
    return points;
  }

  #keyOf(id: MetricId): string {
    const key = this.#keys.get(id) ?? keyOf(id);
    this.#keys.set(id, key);
    return key;
  }
}
