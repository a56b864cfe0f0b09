import type { LogEvent, Stream } from '../../contract.ts';
import type { Deadline } from '../../shared/clock.ts';
import type { ReusedBytes } from '../../shared/http.ts';
import type { JsonObject } from '../../shared/json.ts';

/** The edges of the core: what it needs from outside, and nothing else. Time and chance stand in common/clock.ts. */

/** A half-open range of record times, in whole epoch seconds. */
export interface Range {
  from: number;
  to: number;
}

/** What every call that may wait gets: when it must have ended, and a signal that cuts it off. */
export interface CallOptions {
  deadline: Deadline;
  signal?: AbortSignal | undefined;
}

export interface ScanOptions extends CallOptions {
  /** How often the usual page size is to be halved; 0 when left out. */
  pageHalvings?: number;
  /** Where the pages may be put; left out, they have memory of their own. */
  pageBytes?: PageBytes;
}

/** Pages take turns in it. What stands there is good until another scan is given the same. */
export type PageBytes = readonly [ReusedBytes, ReusedBytes];

/**
 * The records of a page in their order. One may be read from the page's text only when it is asked for, and anew each time,
 * so that thousands of them need not exist at once.
 */
export interface RecordList extends Iterable<JsonObject> {
  readonly length: number;
  /**
   * @returns undefined beyond the last one
   * @throws {SourceError} when the page turns out to be no JSON at this record
   */
  at(index: number): JsonObject | undefined;
}

/** One page of a scan. Its records are good until the next page but one is asked for. */
export interface Page {
  records: RecordList;
  /** The server's own time when it answered, in epoch seconds (`Date` header); absent when it told none. */
  serverTime?: number | undefined;
}

/** Where records come from: Valence. */
export interface Source {
  /**
   * The pages of all records of a range, in whatever order the source gives them. The range asked for has a second of
   * slack on each side: the caller filters.
   * @throws {SourceError} when a page cannot be had or is not what it must be
   * @throws {CredentialError} when the key is refused, also after it was read again
   * @throws {OutOfTime} when the deadline alone ended the scan
   */
  pages(stream: Stream, range: Range, options: ScanOptions): AsyncIterable<Page>;
  /** All alert types by their `vuid`. Throws as {@link Source.pages} does. */
  alertTypes(options: CallOptions): Promise<ReadonlyMap<string, JsonObject>>;
}

/** What one attempt to post came to. `ambiguous`: Datadog may have taken the logs all the same. */
export type PostAnswer =
  | { outcome: 'success' }
  | {
      outcome: 'retry';
      ambiguous: boolean;
      throttled: boolean;
      retryAfterMs?: number | undefined;
      reason: string;
    }
  | { outcome: 'credential'; reason: string }
  | { outcome: 'rejected'; status: number; tooLarge: boolean; reason: string }
  | { outcome: 'fatal'; reason: string; fix: string }
  /** Cut off by our own deadline; Datadog may have taken the logs. */
  | { outcome: 'deadline-exceeded' };

/** Where logs go: the logs intake of Datadog. */
export interface Sink {
  /**
   * Posts a JSON array of logs, once. Never throws for an answer from outside.
   * @param body the encoded array, uncompressed; bytes are not changed nor kept
   */
  post(body: string | Buffer, options: CallOptions): Promise<PostAnswer>;
}

/** A record that Datadog refuses for good, kept for a person to look at and to replay. */
export interface QuarantinedRecord {
  stream: Stream;
  record: JsonObject;
  alertType?: JsonObject | undefined;
  /** 32 hex digits. */
  fingerprint: string;
  reason: string;
  httpStatus: number;
  /** ISO 8601. */
  quarantinedAt: string;
}

/** Where poison records go: an S3 bucket. */
export interface Quarantine {
  /**
   * Stores one record; storing it again replaces it.
   * @param recordTime epoch seconds, or undefined when the record has no usable time
   * @throws {QuarantineError} when it could not be stored
   */
  put(record: QuarantinedRecord, recordTime: number | undefined, options: CallOptions): Promise<void>;
}

/** A quarantine whose records can be taken out again. */
export interface QuarantineArchive extends Quarantine {
  /**
   * The keys of all objects that begin with a prefix, in order.
   * @throws {QuarantineError} as {@link Quarantine.put} does
   */
  list(prefix: string, options: CallOptions): Promise<string[]>;
  /**
   * Reads one object.
   * @returns the record; `gone` when there is no such object any more; `unreadable` when it is none that a forwarder
   *   wrote, whatever else it may be
   * @throws {QuarantineError} as {@link Quarantine.put} does
   */
  get(key: string, options: CallOptions): Promise<QuarantinedRecord | 'gone' | 'unreadable'>;
  /** Deletes one object; one that is gone already is as good. Throws as {@link Quarantine.put} does. */
  delete(key: string, options: CallOptions): Promise<void>;
}

/** What is known of a stream's progress. All times are epoch seconds, all lengths seconds. */
export interface Progress {
  /** W: everything below was scanned once. */
  watermark: number;
  /** V: everything below was scanned again, at least a look-back after its time. */
  finalWatermark: number;
  /** Where the sweep of [V, W) goes on. */
  sweepPosition: number;
  /** Length of the next freshness slice. */
  slice: number;
  /** Length of the next sweep slice. */
  sweepSlice: number;
  /** Freshness slices being drained, or to be drained next, lie below this. */
  freshEnd: number;
  /** The sweep slice being drained, or to be drained next, lies below this. */
  sweepEnd: number;
  /** Up to when the sweep has done its share, so that a run that dies does not cost the sweep its turn. */
  sweptAt: number;
  /** Records below this, at or above the watermark, may have been posted without a note of it. */
  freshDoubtEnd: number;
  /** Records of [sweepPosition, this) may have been posted by the sweep without a note of it. */
  sweepDoubtEnd: number;
  /** Time of the newest record met so far; 0 before the first one. */
  lastRecordAt: number;
}

export interface StreamState extends Progress {
  /** End of the first run's initial range: logs of [start, initialUntil) are tagged as backfill. */
  initialUntil: number;
  /** Grows by one with each lease. */
  fence: number;
  owner: string;
  /** Epoch seconds. */
  leaseUntil: number;
  /** Start of the last run that got the lease. */
  lastRunAt: number;
  /** Whether the last holder left nothing in doubt. */
  clean: boolean;
}

export interface LeaseRequest {
  stream: Stream;
  /** Unlike any other run's, also when the platform repeats a request id. */
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

/** The right to write for a stream until `until`, unless somebody with a higher fence took over. */
export interface Lease {
  stream: Stream;
  owner: string;
  fence: number;
  /** Of its ledger chunks: above those of every run and every backfill of the stream that began before. */
  ledgerFence: number;
  /** Epoch seconds. */
  until: number;
}

export type LeaseAnswer =
  | { held: true; until: number }
  | {
      held: false;
      lease: Lease;
      /** The state as it was left, `clean` telling whether the last holder left nothing in doubt. */
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
  /** Entries end to end, see ledger.ts. */
  entries: Uint8Array;
}

/** State that outlives a run: one DynamoDB table. */
export interface StateStore {
  /**
   * Takes the lease of a stream when it is free or expired.
   * @throws {StateError} table unreachable, or a state item that cannot be true
   */
  acquire(request: LeaseRequest): Promise<LeaseAnswer>;
  /**
   * Notes progress. Watermarks never move back.
   * @throws {LeaseLost} when the lease is somebody else's now
   * @throws {StateError} when the table did not answer
   */
  save(lease: Lease, progress: Progress): Promise<void>;
  /** Notes progress and gives the lease back. Throws as {@link StateStore.save} does. */
  release(lease: Lease, progress: Progress, clean: boolean): Promise<void>;
  /** The state of a stream, undefined before its first run. Takes no lease. */
  read(stream: Stream): Promise<StreamState | undefined>;
  /** All chunks of one hour, oldest first (by fence, then sequence). */
  loadLedger(stream: Stream, hour: number): Promise<LedgerChunk[]>;
  /**
   * Adds a chunk.
   * @param expiresAt epoch seconds after which the chunk may be forgotten
   */
  appendLedger(stream: Stream, chunk: LedgerChunk, expiresAt: number): Promise<void>;
}

/** One hour of one stream, as a backfill takes hold of it. */
export interface Hour {
  stream: Stream;
  /** Epoch seconds / 3600. */
  hour: number;
  /** Unlike any other invocation's. */
  owner: string;
}

export interface HourRequest extends Hour {
  /** Epoch seconds. */
  now: number;
  /** Epoch seconds; a lease that ends later than `now` belongs to a live invocation. */
  leaseUntil: number;
  /** Epoch seconds after which the hour may be forgotten. */
  expiresAt: number;
  /** Length of the slices to begin with, in seconds. */
  slice: number;
}

/** How an hour was left. */
export interface HourState {
  /** Whether nothing of it was left in doubt. */
  clean: boolean;
  /** Length of the next slice, in seconds. */
  slice: number;
}

/**
 * The right to backfill single hours: two backfills of the same hour exclude each other, while the live run, which never
 * goes below the final watermark, needs none of it.
 */
export interface HourLeases {
  /**
   * A fence for the ledger chunks of one backfill, from the same counter as those of runs: what is noted later stands
   * behind what was noted before, whoever noted it.
   * @param now epoch seconds
   * @throws {StateError} when the table did not answer, or holds no state of the stream
   */
  nextFence(stream: Stream, now: number): Promise<number>;
  /** Takes an hour when it is free or its lease expired. Throws as {@link HourLeases.nextFence} does. */
  acquireHour(request: HourRequest): Promise<{ held: true; until: number } | ({ held: false } & HourState)>;
  /** Gives an hour back; one that was taken over stays as it is. Throws as {@link HourLeases.nextFence} does. */
  releaseHour(hour: Hour, state: HourState): Promise<void>;
}

/** Things counted over a run; the names are those of the metrics. */
export type Counter = 'PagesFetched' | 'SourceErrors' | 'SinkErrors' | 'Throttled' | 'CredentialFailures';

/** What the core and its adapters tell while they work. Fields never hold a key, a header or a record. */
export interface Telemetry {
  count(name: Counter, by?: number): void;
  /**
   * Writes a log line.
   * @param event what happened, for queries and tools; never changes
   * @param message the same for people; may change
   */
  info(event: LogEvent, message: string, fields?: Record<string, unknown>): void;
  /** Writes a warning. Parameters as those of {@link Telemetry.info}. */
  warn(event: LogEvent, message: string, fields?: Record<string, unknown>): void;
}
