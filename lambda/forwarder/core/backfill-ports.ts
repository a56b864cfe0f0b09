import type { Stream } from '../../contract.ts';

/** One hour of one stream, which a backfill can lease. */
export interface Hour {
  stream: Stream;
  /** Epoch seconds / 3600. */
  hour: number;
  /** Unique to the invocation. */
  owner: string;
}

export interface HourRequest extends Hour {
  /** Epoch seconds. */
  now: number;
  /** Epoch seconds; a lease that ends later than `now` belongs to a live invocation. */
  leaseUntil: number;
  /** Epoch seconds after which the hour may be deleted. */
  expiresAt: number;
  /** Length of the first slice, in seconds. */
  slice: number;
}

/** State of an hour between two backfills. */
export interface HourState {
  /** Whether all writes for it were fully acknowledged. */
  clean: boolean;
  /** Length of the next slice, in seconds. */
  slice: number;
}

/**
 * Leases of single hours, so that two backfills never process the same hour. The live run needs none, because it never goes
 * below the final watermark.
 */
export interface HourLeases {
  /**
   * A fence for the ledger chunks of one backfill. Runs and backfills share one counter, so later entries sort after earlier
   * ones.
   * @param now epoch seconds
   * @throws {StateError} when the table did not answer, or holds no state of the stream
   */
  nextFence(stream: Stream, now: number): Promise<number>;
  /** Takes the lease of an hour when it is free or expired. Throws as {@link HourLeases.nextFence} does. */
  acquireHour(request: HourRequest): Promise<{ held: true; until: number } | ({ held: false } & HourState)>;
  /** Releases an hour, unless another backfill has taken it over. Throws as {@link HourLeases.nextFence} does. */
  releaseHour(hour: Hour, state: HourState): Promise<void>;
}
