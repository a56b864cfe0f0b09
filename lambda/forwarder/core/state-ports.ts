import type { Stream } from '../../contract.ts';
import type { Range } from './ports.ts';

/**
 * Why the source did not answer for a range: the status of its answer; no answer in time; an answer that could not be read; or a
 * list that it cut.
 */
export type HoleStatus = number | 'timeout' | 'broken' | 'cut';

/**
 * A range that the source refuses while it answers others. Its records may not be forwarded yet: W and V have passed it, and runs
 * ask for it again until it is answered.
 */
export interface Hole extends Range {
  status: HoleStatus;
  /** When the range was first refused, epoch seconds. */
  since: number;
  /** When it was last refused, epoch seconds. */
  refusedAt: number;
  /** Unconfirmed writes: records of the range may have been posted without a ledger entry. */
  doubt: boolean;
}

/** What identifies a record. All fields are dotted paths, which go through the elements of lists. */
export interface IdentityRules {
  /** Fields that identify an alert, by text or numbers. Without any of them the content does. */
  alertKey: readonly string[];
  /** Fields that do not count as content. */
  volatileFields: readonly string[];
  /** Lists whose order does not count as content. */
  unorderedFields: readonly string[];
}

/** Rules that were in force before. */
export interface FormerRules {
  rules: IdentityRules;
  /** When others replaced them, epoch seconds. */
  until: number;
}

/** By which rules the entries of a stream's ledger were made. */
export interface IdentityHistory {
  now: IdentityRules;
  /** The oldest first. */
  former: readonly FormerRules[];
}

/** Progress of a stream. All times are epoch seconds, all lengths seconds. */
export interface Progress {
  /** How often progress was saved. A save only replaces an older one, so a delayed repeat cannot undo a newer save. */
  saves: number;
  /** Start of the stream: nothing before it was ever asked for. 0 when it is not known. */
  startPoint: number;
  /** 1 while a run may have posted records outside the ranges that it recorded as intent; otherwise 0. */
  postsOutside: number;
  /** Since when the alert types cannot be read, epoch seconds; 0 when they can. */
  typesMissingSince: number;
  /** Ranges below W and V that the source refuses. */
  holes: readonly Hole[];
  /** W: everything below was processed once. */
  watermark: number;
  /** V: everything below was processed again, at least one look-back after its time. */
  finalWatermark: number;
  /** Where the sweep of [V, W) continues. */
  sweepPosition: number;
  /** Length of the next slice to catch up with. */
  slice: number;
  /** Length of the next sweep slice. */
  sweepSlice: number;
  /** Intent: the slices being caught up with, now or next, are below this. */
  freshEnd: number;
  /** Intent: the sweep slice being processed, now or next, is below this. */
  sweepEnd: number;
  /** Until when the sweep has covered its share. Stored, so that a killed run does not cost the sweep its share. */
  sweptAt: number;
  /** Unconfirmed writes: records of [watermark, this) may have been posted without a ledger entry. */
  freshDoubtEnd: number;
  /** Unconfirmed writes of the sweep: the same for records of [sweepPosition, this). */
  sweepDoubtEnd: number;
  /** Time of the newest record so far; 0 before the first one. */
  lastRecordAt: number;
  /** How many logs a post of the next run may carry. */
  batchCap: number;
  /** By which rules the ledger's entries identify records; undefined when no run has saved them. */
  identity?: IdentityHistory | undefined;
}

export interface StreamState extends Progress {
  /** End of the first run's initial range: logs of [start, initialUntil) are tagged as backfill. */
  initialUntil: number;
  /** Increases by one with each lease. */
  fence: number;
  owner: string;
  /** Epoch seconds. */
  leaseUntil: number;
  /** Start of the last run that got the lease. */
  lastRunAt: number;
  /** Whether all writes of the last holder were fully acknowledged. */
  clean: boolean;
}

export interface LeaseRequest {
  stream: Stream;
  /** Unique, even when the platform repeats a request id. */
  owner: string;
  /** Epoch seconds. */
  now: number;
  /** Epoch seconds; a lease that ends later than `now` belongs to a live run. */
  leaseUntil: number;
  /** First watermark of a stream that has no state yet, epoch seconds. */
  start: number;
  /** Length of a new stream's first slices, in seconds. */
  slice: number;
}

/** The right to write for a stream until `until`, unless a run with a higher fence has taken over. */
export interface Lease {
  stream: Stream;
  owner: string;
  fence: number;
  /** Fence of its ledger chunks: higher than those of all runs and backfills of the stream that began before. */
  ledgerFence: number;
  /** Epoch seconds. */
  until: number;
}

export type LeaseAnswer =
  | { held: true; until: number }
  | {
      held: false;
      lease: Lease;
      /** The state as the last holder left it. */
      state: StreamState;
      /** The stream had no state before. */
      firstRun: boolean;
    };

/** Up to 1000 ledger entries of one hour, packed; immutable once written. */
export interface LedgerChunk {
  /** Hour of the records' times (epoch seconds / 3600), 0 for records without a usable time. */
  hour: number;
  /** Ledger fence of the lease that wrote it. */
  fence: number;
  /** Number of the chunk within its lease. */
  sequence: number;
  /** Entries one after the other, see ledger/chunks.ts. */
  entries: Uint8Array;
}

/** State that is kept between runs: one DynamoDB table. */
export interface StateStore {
  /**
   * Takes the lease of a stream when it is free or expired.
   * @throws {StateError} when the table is unreachable, or contains an impossible state
   */
  acquire(request: LeaseRequest): Promise<LeaseAnswer>;
  /**
   * Saves progress. Watermarks never move back.
   * @throws {LeaseLost} when another run holds the lease now
   * @throws {StateError} when the table did not answer
   */
  save(lease: Lease, progress: Progress): Promise<void>;
  /** Saves progress and releases the lease. Throws as {@link StateStore.save} does. */
  release(lease: Lease, progress: Progress, clean: boolean): Promise<void>;
  /** The state of a stream, undefined before its first run. Takes no lease. */
  read(stream: Stream): Promise<StreamState | undefined>;
  /**
   * All chunks of one hour, oldest first (by fence, then sequence).
   * @param lastHour to load all hours up to this one, one after the other
   */
  loadLedger(stream: Stream, hour: number, lastHour?: number): Promise<LedgerChunk[]>;
  /**
   * Adds a chunk.
   * @param expiresAt epoch seconds after which the chunk may be deleted
   */
  appendLedger(stream: Stream, chunk: LedgerChunk, expiresAt: number): Promise<void>;
}
