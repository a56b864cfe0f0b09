import { AUDIT_RECORD_FIELDS, type ChangedPart, type OWN_ATTRIBUTE, type Stream } from '../../../contract.ts';
import type { JsonObject } from '../../../shared/json.ts';

/** {@link AUDIT_RECORD_FIELDS}, to be looked up. */
export const AUDIT_FIELDS: ReadonlySet<string> = new Set(AUDIT_RECORD_FIELDS);

/** What this product adds to a log, under one root attribute. */
export interface ForwarderBlock {
  fingerprint: string;
  tenant: string;
  run_id: string;
  /** Epoch seconds; when the log is re-dated and the record has a time. */
  event_time?: number;
  primary_event?: JsonObject;
  extra?: JsonObject | string;
  possible_duplicate?: true;
  redated?: true;
  timestamp_invalid?: true;
  aux_as_text?: true;
  shrunk?: true;
  role_redacted?: true;
  no_alert_type?: true;
  update?: true;
  changed?: readonly ChangedPart[];
}

/** A log as it is posted. */
export interface Log {
  ddsource: string;
  service: string;
  ddtags: string;
  message?: string;
  alert?: JsonObject;
  alert_type_details?: JsonObject;
  [OWN_ATTRIBUTE]: ForwarderBlock;
  [auditField: string]: unknown;
}

/** How logs are redacted. */
export interface Redaction {
  /** A redacted copy of a log. */
  redact(log: Log): Log;
  /** What is published for a fingerprint. It must not let a reader try out what was redacted. */
  publish(fingerprint: string): string;
  /** Whether what goes to quarantine is redacted, too. */
  inQuarantine: boolean;
  /** The paths whose values are hashed. */
  hashed: readonly string[];
  /** The same for what was redacted before with hashes at these paths: no hash is hashed again. */
  hashedBefore(paths: readonly string[]): Redaction | undefined;
}

/** Values that all logs of a run share. */
export interface LogContext {
  tenant: string;
  /** Version of this product. */
  version: string;
  runId: string;
  /** Datadog's `env` tag. */
  env?: string | undefined;
  /** The user's own tags, `key:value`. */
  tags: readonly string[];
  /** Applied to every log. */
  redaction?: Redaction | undefined;
}

/** One record and what is known of it. */
export interface LogSource {
  stream: Stream;
  record: JsonObject;
  alertType: JsonObject | undefined;
  fingerprint: string;
  /** An alert that was forwarded before and has changed. */
  update: boolean;
  /** What has changed since; undefined when it is not known. */
  changed?: readonly ChangedPart[] | undefined;
  /** Belongs to the first run's initial range or to a backfill. */
  backfill: boolean;
}
