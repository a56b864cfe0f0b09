/**
 * Names that two sides read: the function and the infrastructure, or the product and its tools. None may change without
 * breaking a deployed stack, a saved query or a test from outside.
 */

/** The kinds of records, by the name that metrics, logs, state keys and quarantine keys use. */
export const STREAMS = ['alerts', 'audit-logs'] as const;
export type Stream = (typeof STREAMS)[number];

/** The severities of Valence's alert types. */
export const ALERT_SEVERITIES = ['Critical', 'High', 'Medium', 'Low'] as const;

// --- Logs in Datadog ---

/** Name of this product in its own logs, both in CloudWatch and in Datadog. */
export const PRODUCT = 'valence-forwarder';

/** Datadog's `source` of Valence's records, the same as that of its hosted integration. */
export const LOG_SOURCE = 'valence-security';

/**
 * Datadog's `source` and `service` of this product's own logs. They differ from those of Valence's records, which
 * dashboards, rules and the hosted integration read.
 */
export const OWN_LOG = { ddsource: PRODUCT, service: 'forwarder' } as const;

/** The root attribute that holds what this product adds to a log. */
export const OWN_ATTRIBUTE = 'valence_forwarder';

/** What the log of an alert that is forwarded again may name as changed, in this order. */
export const CHANGED_PARTS = ['status', 'severity', 'events', 'other'] as const;
export type ChangedPart = (typeof CHANGED_PARTS)[number];

// --- Invocations ---

/** Actions that an event may name; a schedule's own event names none and means a run. */
export const ACTIONS = ['check', 'backfill', 'replay'] as const;
export type ActionName = (typeof ACTIONS)[number];

/** Why a stream, or an hour of a backfill, was skipped: another invocation holds its lease. */
export const LEASE_HELD = 'lease-held';

/** Name of the error with which an invocation ends if a stream or an action failed. */
export const RUN_FAILED = 'RunFailed';

/** Code of the error that Valence refused the key. */
export const SOURCE_REFUSED_KEY = 'source-refused-key';

// --- Stacks ---

const STACK_NAME = 'ValenceForwarder';

/** Suffix of the stack with the Datadog content if there are several forwarders. */
export const CONTENT_STACK_SUFFIX = 'content';

/** Name of a stack. @param suffix a tenant or {@link CONTENT_STACK_SUFFIX}; none for the only forwarder */
export const stackNameOf = (suffix?: string): string => (suffix ? `${STACK_NAME}-${suffix}` : STACK_NAME);

/**
 * Outputs of a forwarder's stack, whose keys may all begin with a prefix. The operator tools find a forwarder by the first four.
 */
export const STACK_OUTPUTS = {
  functionName: 'FunctionName',
  stateTable: 'StateTable',
  quarantineBucket: 'QuarantineBucket',
  logGroup: 'LogGroup',
  backfillStateMachine: 'BackfillStateMachine',
  schedule: 'Schedule',
  scheduleGroup: 'ScheduleGroup',
  alarmPrefix: 'AlarmPrefix',
  storeValenceKey: 'StoreValenceKey',
  storeDatadogKey: 'StoreDatadogKey',
  checkCommand: 'CheckCommand',
  deadLetterQueue: 'DeadLetterQueue',
  failureQueue: 'FailureQueue',
  dashboard: 'Dashboard',
  version: 'Version',
  deployCommand: 'DeployCommand',
  existingTableKey: 'ExistingStateTableKey',
  existingBucketKey: 'ExistingQuarantineBucketKey',
  existingDataKey: 'ExistingDataKey',
} as const;

/** The value of the outputs for the keys of an existing table and bucket while the function may use none. */
export const NO_KEY = 'none';

// --- Quarantine ---

/** Prefix of the keys of all quarantined objects, of any tenant. */
export const QUARANTINE_PREFIX = 'quarantine/';

/** Prefix of the keys of a tenant's quarantined objects. */
export const quarantineRoot = (tenant: string): string => `${QUARANTINE_PREFIX}${tenant}/`;

/** The reason in the objects of elements that hold no record. */
export const UNREADABLE = 'unreadable';

// --- Metrics and alarms in CloudWatch ---

export const METRIC_NAMESPACE = 'ValenceForwarder';

/** Dimension that every metric carries. */
export const TENANT_DIMENSION = 'tenant';

/** Second dimension of the metrics in {@link STREAM_METRICS}. */
export const STREAM_DIMENSION = 'stream';

/** Values of the metric lines, with tenant and stream as dimensions: what an operator watches stream by stream. */
export const STREAM_METRICS = {
  /** Now minus what is proven covered, in seconds; also on empty and on failed runs. */
  WatermarkAge: 'Seconds',
  /** Now minus what is proven complete, late records included, in seconds. */
  FinalWatermarkAge: 'Seconds',
  /** Now minus the time of the newest record ever seen, or of the first run before there is one, in seconds. */
  SilenceAge: 'Seconds',
  /** Records read from Valence, re-reads included. */
  RecordsFetched: 'Count',
  /** Logs that Datadog accepted. */
  LogsForwarded: 'Count',
  /** Records put into the quarantine bucket. */
  LogsQuarantined: 'Count',
} as const;

/** Values of the metric lines with the tenant as their only dimension: one for each run, over all streams. */
export const RUN_METRICS = {
  /** Records that the ledger already held. */
  Duplicates: 'Count',
  PagesFetched: 'Count',
  /** Requests to Valence that failed, each attempt counted. */
  SourceErrors: 'Count',
  /** Posts to Datadog that failed, each attempt counted. */
  SinkErrors: 'Count',
  /** Answers 429 of Valence and Datadog. */
  Throttled: 'Count',
  /** Streams stopped by a refused key. */
  CredentialFailures: 'Count',
  /** Streams skipped because another run held their lease. */
  LeaseHeld: 'Count',
  /** Ranges that Valence has refused for 15 minutes or more, whose records are not forwarded yet. */
  Holes: 'Count',
  /** 1 until the state records a first good run; then it is not measured any more. */
  NotSetUp: 'Count',
  RunDuration: 'Milliseconds',
  /** Time left until the function's timeout when the run ended. */
  TimeLeft: 'Milliseconds',
} as const;

export type StreamMetric = keyof typeof STREAM_METRICS;
export type RunMetric = keyof typeof RUN_METRICS;

/**
 * The values of which CloudWatch makes metrics: those that an alarm needs. It bills a metric for each hour in which that has a value.
 * `always`: its alarm needs a value of each run, because zero or a low value ends it. `not zero`: its alarm counts missing data as
 * good. All other values are in the metric lines alone, unless the setting `allMetrics` makes metrics of all.
 */
export const ALARM_METRICS: Readonly<Partial<Record<StreamMetric | RunMetric, 'always' | 'not zero'>>> = {
  WatermarkAge: 'always',
  FinalWatermarkAge: 'always',
  SilenceAge: 'always',
  LogsQuarantined: 'not zero',
  CredentialFailures: 'not zero',
  Holes: 'always',
  NotSetUp: 'not zero',
};

/** The alarms. Each name is also the anchor of the alarm's section in docs/runbook.md. */
export type AlarmKind =
  | 'not-set-up'
  | 'errors'
  | 'not-running'
  | 'duration'
  | 'throttles'
  | 'credential-failures'
  | 'watermark-age-warning'
  | 'watermark-age-critical'
  | 'final-watermark-age'
  | 'silence'
  | 'holes'
  | 'quarantined-logs'
  | 'table-writes'
  | 'dropped-invocations'
  | 'dead-letters'
  | 'failed-events';

/**
 * The alarms that notify. Each is raised by the {@link AlarmKind}s of one sort of cause; its name is an anchor of the runbook, too.
 */
export const PAGES = ['stopped', 'records', 'unseen'] as const;
export type PageKind = (typeof PAGES)[number];

// --- Log lines ---

/** Levels of the lines that function and content installer log. */
export const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Names of the log lines of function and content installer: the field `event` of each. Saved queries, the operator tools
 * and users' own queries find lines by it, so an event keeps its name when its sentence changes.
 */
export const LOG_EVENTS = [
  // Runs and streams
  'run-finished',
  'stream-served',
  'stream-failed',
  'first-run',
  LEASE_HELD,
  'stream-silent',
  'run-summary-lost',
  'state-table-used',
  // Reading from Valence
  'slow-page',
  'first-page-repeated',
  'last-page-repeated',
  'last-page-full',
  'records-outside-range',
  'records-changed',
  'newest-not-answered',
  'range-refused',
  'holes-open',
  'hole-filled',
  'start-moved',
  'alert-keys-shared',
  'alert-types-not-offered',
  'alert-types-without-id',
  'alert-types-missing',
  'alert-types-unknown',
  // Sending, and what could not be sent
  'records-rejected',
  'record-quarantined',
  'elements-unreadable',
  'ledger-chunk-skipped',
  // Other actions
  'check-finished',
  'backfill-finished',
  'backfill-shortened',
  'backfill-hour-held',
  'replay-finished',
  'replay-failed',
  'quarantine-object-unreadable',
  'quarantine-object-unverified',
  // Content installer
  'content-request-finished',
  'content-request-failed',
] as const;
export type LogEvent = (typeof LOG_EVENTS)[number];

/** The fields of an audit record that its log has at the root. Any other field could collide with one of Datadog's own. */
export const AUDIT_RECORD_FIELDS = [
  'actor',
  'timeEpoch',
  'success',
  'ipAddress',
  'action',
  'details',
] as const;
