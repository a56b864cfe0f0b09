import { Metrics } from '@aws-lambda-powertools/metrics';
import {
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
  /** Writes the metrics of the run, counters included. Called once, at its end. */
  publish(report: RunReport): void;
}

/**
 * Writes one line of Embedded Metric Format, from which CloudWatch makes metrics without an API call.
 * @param units unit of each metric that may be given
 * @param fields further fields of the line. They cost nothing: only dimensions create metrics
 */
function publishLine<Name extends string>(
  dimensions: Record<string, string>,
  values: Partial<Record<Name, number>>,
  units: Record<Name, 'Count' | 'Seconds' | 'Milliseconds'>,
  fields: Record<string, string>,
): void {
  const given = (Object.keys(units) as Name[]).filter((name) => values[name] !== undefined);
  if (given.length === 0) return;
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE });
  // Powertools adds a dimension `service`, which would be another set of metrics to pay for.
  metrics.clearDefaultDimensions();
  metrics.addDimensions(dimensions);
  for (const [name, value] of Object.entries(fields)) {
    if (!(name in dimensions)) metrics.addMetadata(name, value);
  }
  for (const name of given) metrics.addMetric(name, units[name], values[name] as number);
  metrics.publishStoredMetrics();
}

/**
 * Logs as JSON lines and metrics as EMF lines, both on stdout.
 * @param fields what every log line carries, such as the run's id; never a key, a header or a record
 * @param level logs below it are left out, metrics never
 */
export function runTelemetry(fields: Record<string, string> = {}, level: LogLevel = 'INFO'): RunTelemetry {
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
      publishLine({ [TENANT_DIMENSION]: tenant }, { ...counters, ...run }, RUN_METRICS, fields);
      for (const [stream, values] of Object.entries(streams)) {
        const dimensions = { [TENANT_DIMENSION]: tenant, [STREAM_DIMENSION]: stream };
        publishLine(dimensions, values ?? {}, STREAM_METRICS, fields);
      }
    },
  };
}
