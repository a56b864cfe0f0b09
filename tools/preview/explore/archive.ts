import type { ProcessedLog } from '../../datadog/interpreter/log.ts';

/** A time frame, epoch milliseconds. A bound that is left out is open. */
export interface Frame {
  /** Included. */
  from?: number | undefined;
  /** Excluded. */
  to?: number | undefined;
}

/**
 * The logs that the preview shows, newest first. A *position* is a place in this order, and changes when logs arrive. An *id* does
 * not: it counts the logs as they arrived.
 */
export class Archive {
  /** By position. */
  readonly logs: readonly ProcessedLog[];
  readonly #ids: Uint32Array;
  readonly #positions: Uint32Array;

  /** @param arrived the logs as they arrived; they and their array must not change any more */
  constructor(arrived: readonly ProcessedLog[]) {
    const dates = Float64Array.from(arrived, ({ timestamp }) => timestamp);
    this.#ids = Uint32Array.from(arrived.keys()).sort(
      (one, other) => (dates[other] as number) - (dates[one] as number) || other - one,
    );
    this.logs = Array.from(this.#ids, (id) => arrived[id] as ProcessedLog);
    this.#positions = new Uint32Array(arrived.length);
    for (const [position, id] of this.#ids.entries()) this.#positions[id] = position;
  }

  idAt(position: number): number {
    return this.#ids[position] as number;
  }

  /** @returns undefined when no log has the id */
  withId(id: number): ProcessedLog | undefined {
    const position = this.#positions[id];
    return position === undefined ? undefined : this.logs[position];
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

  /** The first position after a log in the order of the archive, whether it holds that log or not. */
  after(timestamp: number, id: number): number {
    return this.#first(
      (log, position) =>
        log.timestamp < timestamp || (log.timestamp === timestamp && this.idAt(position) < id),
    );
  }

  /** The first position for which a condition holds that holds for all later ones as well. */
  #first(holds: (log: ProcessedLog, position: number) => boolean): number {
    let low = 0;
    let high = this.logs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds(this.logs[middle] as ProcessedLog, middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
