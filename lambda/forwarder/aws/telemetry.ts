import {
  ALARM_METRICS,
  type LogEvent,
  type LogLevel,
  METRIC_NAMESPACE,
  PRODUCT,
  RUN_METRICS,
  type RunMetric,
  STREAM_DIMENSION,
  STREAM_METRICS,
  type StreamMetric,
  TENANT_DIMENSION,
} from '../../contract.ts';
import { ownLogger } from '../../shared/aws/own-logger.ts';
import type { Counter, Telemetry } from '../core/ports.ts';

/** What a run measured. Values have the units of contract.ts. */
export interface RunReport {
  tenant: string;
  /** A counter that was counted with {@link Telemetry.count} need not be given. */
  run: Partial<Record<RunMetric, number>>;
  streams: Partial<Record<string, Partial<Record<StreamMetric, number>>>>;
}

/** Telemetry of one invocation. */
export interface RunTelemetry extends Telemetry {
  error(event: LogEvent, message: string, fields?: Record<string, unknown>): void;
  /** Written only with `LOG_LEVEL` DEBUG. */
  debug(event: LogEvent, message: string, fields?: Record<string, unknown>): void;
  /** Writes the metric lines of the run, counters included. Called once, at its end. */
  publish(report: RunReport): void;
}

export interface TelemetryOptions {
  /** Lowest level of the logs; metric lines have none, and are always written. */
  level?: LogLevel;
  /** Whether CloudWatch makes metrics of all values, and not only of those that an alarm needs. */
  allMetrics?: boolean;
}

/**
 * Writes one metric line: all values, and what CloudWatch makes metrics of in its Embedded Metric Format, without an API call.
 * Not by Powertools: a number that is no metric has no place there.
 * @param units unit of each value that may be given
 * @param fields further fields of the line. They cost nothing: only dimensions create metrics
 */
function publishLine<Name extends StreamMetric | RunMetric>(
  dimensions: Record<string, string>,
  values: Partial<Record<Name, number>>,
  units: Record<Name, 'Count' | 'Seconds' | 'Milliseconds'>,
  { fields, allMetrics }: { fields: Record<string, string>; allMetrics: boolean },
): void {
  const given = (Object.keys(units) as Name[]).filter((name) => values[name] !== undefined);
  if (given.length === 0) return;
  const metrics = given.filter(
    (name) =>
      allMetrics || ALARM_METRICS[name] === 'always' || (ALARM_METRICS[name] === 'not zero' && values[name]),
  );
  const directive = {
    Namespace: METRIC_NAMESPACE,
    Dimensions: [Object.keys(dimensions)],
    Metrics: metrics.map((name) => ({ Name: name, Unit: units[name] })),
  };
  const line = {
    ...(metrics.length > 0 && { _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive] } }),
    ...fields,
    ...dimensions,
    ...Object.fromEntries(given.map((name) => [name, values[name]])),
  };
  // Not by the console, which Lambda replaces by one that wraps each line.
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/**
 * Logs and metric lines, both as JSON on stdout.
 * @param fields what every line carries, such as the run's id; never a key, a header or a record
 */
export function runTelemetry(
  fields: Record<string, string> = {},
  { level = 'INFO', allMetrics = false }: TelemetryOptions = {},
): RunTelemetry {
  const logger = ownLogger({ serviceName: PRODUCT, fields, level });
  const counters: Record<Counter, number> = {
    PagesFetched: 0,
    SourceErrors: 0,
    SinkErrors: 0,
    Throttled: 0,
    CredentialFailures: 0,
  };
  return {
    count(name, by = 1) {
      counters[name] += by;
    },
    debug: (event, message, more = {}) => logger.debug(message, { event, ...more }),
    info: (event, message, more = {}) => logger.info(message, { event, ...more }),
    warn: (event, message, more = {}) => logger.warn(message, { event, ...more }),
    error: (event, message, more = {}) => logger.error(message, { event, ...more }),
    publish({ tenant, run, streams }) {
      const how = { fields, allMetrics };
      publishLine({ [TENANT_DIMENSION]: tenant }, { ...counters, ...run }, RUN_METRICS, how);
      for (const [stream, values] of Object.entries(streams)) {
        const dimensions = { [TENANT_DIMENSION]: tenant, [STREAM_DIMENSION]: stream };
        publishLine(dimensions, values ?? {}, STREAM_METRICS, how);
      }
    },
  };
}
