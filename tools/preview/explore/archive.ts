import type { ProcessedLog } from '../../datadog/interpreter/log.ts';

/** A time frame, epoch milliseconds. A bound that is left out is open. */
export interface Frame {
  /** Included. */
  from?: number | undefined;
  /** Excluded. */
  to?: number | undefined;
}

const ids = new WeakMap<ProcessedLog, number>();
let lastId = 0;

/** A number of a log, which it keeps whatever other logs arrive or are forgotten; the later it was first seen, the higher. */
export function idOf(log: ProcessedLog): number {
  const id = ids.get(log) ?? ++lastId;
  ids.set(log, id);
  return id;
}

/** The logs that the preview shows, newest first. A *position* is a place in this order, and changes when logs arrive. */
export class Archive {
  /** By position; of one date, the log that was seen last comes first. */
  readonly logs: readonly ProcessedLog[];
  /** As they were given. */
  readonly given: readonly ProcessedLog[];
  #byId: Map<number, ProcessedLog> | undefined;

  /** @param logs in any order; they and their array must not change any more */
  constructor(logs: readonly ProcessedLog[]) {
    this.given = logs;
    for (const log of logs) idOf(log);
    this.logs = logs.toSorted((one, other) => other.timestamp - one.timestamp || idOf(other) - idOf(one));
  }

  /** @returns undefined when no log has the id */
  withId(id: number): ProcessedLog | undefined {
    this.#byId ??= new Map(this.given.map((log) => [idOf(log), log]));
    return this.#byId.get(id);
  }

  /** The positions of a time frame: from the first one, to before the second one. */
  within({ from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: Frame): [number, number] {
    const start = this.#first(({ timestamp }) => timestamp < to);
    return [
      start,
      Math.max(
        start,
        this.#first(({ timestamp }) => timestamp < from),
      ),
    ];
  }

  /** The first position after a log in this order, whether the archive holds that log or not. */
  after(timestamp: number, id: number): number {
    return this.#first((log) => log.timestamp < timestamp || (log.timestamp === timestamp && idOf(log) < id));
  }

  /** The first position for which a condition holds that holds for all later ones as well. */
  #first(holds: (log: ProcessedLog) => boolean): number {
    let low = 0;
    let high = this.logs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds(this.logs[middle] as ProcessedLog)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
