import type { LogEvent, Stream, UNREADABLE } from '../../contract.ts';
import type { Clock, Deadline, Random } from '../../shared/clock.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { PageBuffers, RecordList } from './memory/pages.ts';
import type { StateStore } from './state-ports.ts';

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
 * How a list ended. `stated`: the source says that there is no further page. `unstated`: it names none, so the list may as well
 * have been cut. `abrupt`: it says so, but where lists end that are cut. `cut`: there are more records than it shows.
 */
export type ListEnd = 'stated' | 'unstated' | 'abrupt' | 'cut';

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
  /** When the source last refused the newest seconds, epoch seconds. */
  newestRefusedAt: number;
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
   * @throws {OutOfTime} when only the deadline ended the scan; {@link StillBusy} when the source asks for too much patience
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
  /** The fingerprint is keyed, as it is in redacted logs. */
  keyed?: true | undefined;
  /** Set when what is kept is redacted as the log would have been: the paths whose values are hashed. */
  redacted?: readonly string[] | undefined;
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
  /** The bytes of the element in base64; empty if what is kept is redacted. */
  raw: string;
}

export type QuarantinedObject = QuarantinedRecord | QuarantinedElement;

/** Where rejected records and unreadable elements go: an S3 bucket. */
export interface Quarantine {
  /**
   * Stores one object; storing it again replaces it.
   * @param recordTime epoch seconds, or undefined when the record has no usable time
   * @throws {QuarantineError} when it could not be stored
   * @throws {StateError} when the secret for its signature could not be read
   */
  put(object: QuarantinedObject, recordTime: number | undefined, options: CallOptions): Promise<void>;
}

/** Why an object cannot be used. */
export type ObjectProblem = 'gone' | 'unreadable' | 'unsigned' | 'forged';

/** A quarantine whose records can be listed, read and deleted. */
export interface QuarantineArchive extends Quarantine {
  /**
   * The keys of all objects that begin with a prefix, in order.
   * @throws {QuarantineError} as {@link Quarantine.put} does
   */
  list(prefix: string, options: CallOptions): Promise<string[]>;
  /**
   * Reads one object.
   * @returns the object; `gone` when it no longer exists; `unreadable` when its content is not that of an object; `unsigned` when
   *   it has no signature, unless the caller accepts that; `forged` when its signature is not that of this state table for this
   *   key and content
   * @throws {QuarantineError} as {@link Quarantine.put} does
   */
  get(
    key: string,
    options: CallOptions & { acceptUnsigned?: boolean | undefined },
  ): Promise<QuarantinedObject | ObjectProblem>;
  /** Deletes one object, unless it no longer exists. Throws as {@link Quarantine.put} does. */
  delete(key: string, options: CallOptions): Promise<void>;
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
