import type { LogEvent, Stream, UNREADABLE } from '../../contract.ts';
import type { Clock, Deadline, Random } from '../../shared/clock.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { PageBuffers, RecordList } from './memory/pages.ts';

/** Everything the core needs from outside. Each port has one adapter, in `valence`, `datadog` or `aws`. */
export interface Ports {
  source: Source;
  sink: Sink;
  store: StateStore;
  quarantine: Quarantine;
  telemetry: Telemetry;
  clock: Clock;
  random: Random;
  /** What earlier runs of this process have learned; by default nothing. */
  lists?: Partial<Record<Stream, ListKnowledge>>;
}

/** A half-open range of record times, in whole epoch seconds. */
export interface Range {
  from: number;
  to: number;
}

/** Options of every call that may wait. */
export interface CallOptions {
  /** When the call must have ended. */
  deadline: Deadline;
  /** Aborts the call. */
  signal?: AbortSignal | undefined;
  /** How often a request that fails is made at most; the adapter decides when left out. */
  maxAttempts?: number | undefined;
}

/**
 * How a list ended. `stated`: the answer says that there is no further page. `unstated`: it names none, so the list may as well
 * have been cut.
 */
export type ListEnd = 'stated' | 'unstated';

/** What a process has learned about the lists of one stream. It may be lost at any time: then lists are proven again. */
export interface ListKnowledge {
  /** Records of the largest list that was proven complete. */
  whole: number;
  /** Whether the source has ever named a further page. */
  hasNamedPages: boolean;
  /** Records of the largest page. */
  largestPage: number;
  /** The longest range that the source was seen to answer for after it refused a range of twice the length, in seconds. */
  longestRange: number;
  /** When `longestRange` was learned, epoch seconds. */
  longestRangeAt: number;
  /** Whether lists were seen to contain records outside the range that was asked for. */
  showsOutsiders: boolean;
  /** When an empty list was last compared with a list without a range, epoch seconds. */
  comparedAt: number;
}

export interface ScanOptions extends CallOptions {
  /** Called once, after the last page. */
  onEnd?: (end: ListEnd) => void;
  /** How often the usual page size is to be halved; 0 by default. */
  pageHalvings?: number;
  /** The largest page to ask for; a source without a page size ignores it. Not limited by default. */
  maxPageRecords?: number | undefined;
  /** Memory for the pages, see memory/README.md; allocated by default. */
  pageBuffers?: PageBuffers;
}

/** One page of a scan. */
export interface Page {
  records: RecordList;
  /** The server's time when it answered (`Date` header), in epoch seconds; absent without such a header. */
  serverTime?: number | undefined;
}

/** Where records come from: Valence. */
export interface Source {
  /**
   * The pages of all records of a range, in the source's order. The source is asked for one second more on each side, so
   * the caller has to filter.
   * @throws {SourceError} when a page cannot be read or has an unexpected form
   * @throws {CredentialError} when the key is refused, even after it was read again
   * @throws {OutOfTime} when only the deadline ended the scan
   */
  pages(stream: Stream, range: Range, options: ScanOptions): AsyncIterable<Page>;
  /**
   * The first page of a stream's list, without a range. Left out where a list cannot be asked for without one.
   * Throws as {@link Source.pages} does.
   */
  firstPage?(stream: Stream, options: CallOptions): Promise<Page | undefined>;
  /** All alert types by their `vuid`. Throws as {@link Source.pages} does. */
  alertTypes(options: CallOptions): Promise<ReadonlyMap<string, JsonObject>>;
}

/** The outcome of one attempt to post. `ambiguous`: Datadog may have accepted the logs anyway. */
export type PostAnswer =
  | { outcome: 'success' }
  | {
      outcome: 'retry';
      ambiguous: boolean;
      throttled: boolean;
      retryAfterMs?: number | undefined;
      /** Absent when no answer came. */
      status?: number | undefined;
      reason: string;
    }
  | { outcome: 'credential'; reason: string }
  | { outcome: 'rejected'; status: number; tooLarge: boolean; reason: string }
  /** A refusal that may be about the records, the key or the address: a probe shows which. */
  | { outcome: 'unexplained'; status: number; reason: string; fix: string }
  | { outcome: 'fatal'; ambiguous: boolean; reason: string; fix: string }
  /** Our own deadline ended the call; Datadog may have accepted the logs. */
  | { outcome: 'deadline-exceeded' };

/** Where logs go: the logs intake of Datadog. */
export interface Sink {
  /**
   * Posts a JSON array of logs, once. Every answer is a return value, not an error.
   * @param body the encoded array, uncompressed
   */
  post(body: string | Buffer, options: CallOptions): Promise<PostAnswer>;
}

interface QuarantineNote {
  stream: Stream;
  /** 32 hex digits. */
  fingerprint: string;
  reason: string;
  /** ISO 8601. */
  quarantinedAt: string;
}

/** A record that Datadog does not take, kept so that the operator can inspect and replay it. */
export interface QuarantinedRecord extends QuarantineNote {
  record: JsonObject;
  alertType?: JsonObject | undefined;
  /** 0 when no answer came. */
  httpStatus: number;
}

/** An element of a page that holds no record, kept for the same purpose. Its fingerprint is that of its bytes. */
export interface QuarantinedElement extends QuarantineNote {
  reason: typeof UNREADABLE;
  /** The bytes of the element in base64. */
  raw: string;
}

export type QuarantinedObject = QuarantinedRecord | QuarantinedElement;

/** Where rejected records and unreadable elements go: an S3 bucket. */
export interface Quarantine {
  /**
   * Stores one object; storing it again replaces it.
   * @param recordTime epoch seconds, or undefined when the record has no usable time
   * @throws {QuarantineError} when it could not be stored
   */
  put(object: QuarantinedObject, recordTime: number | undefined, options: CallOptions): Promise<void>;
}

/** A quarantine whose records can be listed, read and deleted. */
export interface QuarantineArchive extends Quarantine {
  /**
   * The keys of all objects that begin with a prefix, in order.
   * @throws {QuarantineError} as {@link Quarantine.put} does
   */
  list(prefix: string, options: CallOptions): Promise<string[]>;
  /**
   * Reads one object.
   * @returns the object; `gone` when it no longer exists; `unreadable` when no forwarder wrote it
   * @throws {QuarantineError} as {@link Quarantine.put} does
   */
  get(key: string, options: CallOptions): Promise<QuarantinedObject | 'gone' | 'unreadable'>;
  /** Deletes one object, unless it no longer exists. Throws as {@link Quarantine.put} does. */
  delete(key: string, options: CallOptions): Promise<void>;
}

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

/** Counters of a run; the names are those of the metrics. */
export type Counter = 'PagesFetched' | 'SourceErrors' | 'SinkErrors' | 'Throttled' | 'CredentialFailures';

/** What the core and its adapters report while they work. Fields never contain a key, a header or a record. */
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
