/**
 * CloudWatch metrics of the forwarder. The function writes them and the infrastructure charts and watches them;
 * both import this file, so that an alarm cannot drift from what it watches.
 */
export const METRIC_NAMESPACE = 'ValenceForwarder';

/** Dimension that every metric carries. */
export const TENANT_DIMENSION = 'tenant';

/** Second dimension of the metrics in {@link STREAM_METRICS}. */
export const STREAM_DIMENSION = 'stream';

/**
 * Metrics with tenant and stream as dimensions. CloudWatch bills each pair of name and dimensions per month, so
 * only what an operator watches stream by stream is here.
 */
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

/** Metrics with the tenant as their only dimension: one value a run, over all streams. */
export const RUN_METRICS = {
  /** Records that the ledger already held. */
  Duplicates: 'Count',
  PagesFetched: 'Count',
  /** Requests to Valence that failed, each attempt counted. */
  SourceErrors: 'Count',
  /** Posts to Datadog that failed, each attempt counted. */
  SinkErrors: 'Count',
  /** Answers 429 of either side. */
  Throttled: 'Count',
  /** Streams stopped by a refused key. */
  CredentialFailures: 'Count',
  /** Streams skipped because another run held their lease. */
  LeaseHeld: 'Count',
  RunDuration: 'Milliseconds',
  /** What was left of the function's timeout when the run ended. */
  TimeLeft: 'Milliseconds',
} as const;

export type StreamMetric = keyof typeof STREAM_METRICS;
export type RunMetric = keyof typeof RUN_METRICS;
