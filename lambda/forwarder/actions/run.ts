import type { Stream } from '../../contract.ts';
import type { InvocationContext } from '../../shared/aws/invocation-context.ts';
import type { ForwarderError } from '../../shared/errors.ts';
import type { RunTelemetry } from '../aws/telemetry.ts';
import { type Config, paceOf } from '../config.ts';
import { type RunResult, resultOf } from '../core/runs/report.ts';
import { failedBeforeStart, runStreams } from '../core/runs/stream.ts';
import type { StateStore } from '../core/state-ports.ts';
import { runFailed } from '../reporting/failures.ts';
import { type PublicResult, publicResult, publishMetrics } from '../reporting/result.ts';
import { runSummary, sendRunSummary } from '../reporting/run-summary.ts';
import { connect, connectPorts } from '../wiring.ts';
import { invocationOf } from './invocation.ts';
import { preflight } from './preflight.ts';
import { logContextOf, settingsOf } from './run-settings.ts';

/**
 * The normal run: every new record of every stream goes to Datadog.
 * @returns the result, which is also logged as one line
 * @throws {RunFailed} when a stream failed, after every stream was served; naming stream, code and fix
 */
export async function forward(
  config: Config,
  context: InvocationContext,
  telemetry: RunTelemetry,
): Promise<PublicResult> {
  const connections = connect(config);
  const ports = connectPorts(config, connections, telemetry);
  const startedAt = ports.clock.monotonic();
  const { capacity } = connections;
  const before = { ...capacity };

  const logContext = logContextOf(config, context.awsRequestId);
  const { valenceKey, datadogKey } = connections;
  const ready = await preflight({
    config,
    runId: context.awsRequestId,
    keys: [valenceKey, datadogKey],
    connections,
    telemetry,
    streams: config.streams.length,
  });
  const unusable = 'obstacle' in ready ? ready.obstacle.keys : [];
  const result =
    'obstacle' in ready
      ? await failAll(config.streams, ports.store, ready.obstacle.error)
      : await runStreams(
          config.streams,
          ports,
          settingsOf(config, ready.recordContext, datadogKey.fix),
          invocationOf(context, ports.clock),
        );

  publishMetrics(telemetry, config.tenant, result, {
    RunDuration: ports.clock.monotonic() - startedAt,
    TimeLeft: context.getRemainingTimeInMillis(),
    now: nowSeconds(),
  });
  telemetry.debug('state-table-used', 'State table used.', {
    readUnits: capacity.readUnits - before.readUnits,
    writeUnits: capacity.writeUnits - before.writeUnits,
    queries: capacity.queries - before.queries,
  });
  const shown = logResult(result, telemetry);
  // Without a key no stream can run.
  if (config.runSummaryLogs && !unusable.includes(datadogKey)) await summarise();
  return conclude(result, shown);

  function nowSeconds(): number {
    return Math.floor(ports.clock.wall() / 1000);
  }

  async function summarise(): Promise<void> {
    const summary = runSummary(result, { context: logContext, now: nowSeconds(), pace: paceOf(config) });
    if (!summary) return;
    const { sink, clock } = ports;
    await sendRunSummary(summary, {
      sink,
      clock,
      telemetry,
      remainingMs: context.getRemainingTimeInMillis(),
    });
  }
}

async function failAll(
  streams: readonly Stream[],
  store: StateStore,
  error: ForwarderError,
): Promise<RunResult> {
  const reports = await Promise.all(
    streams.map(async (stream) => [stream, await failedBeforeStart(stream, store, error)] as const),
  );
  return resultOf(Object.fromEntries(reports));
}

function logResult(result: RunResult, telemetry: RunTelemetry): PublicResult {
  const shown = publicResult(result);
  for (const [stream, report] of Object.entries(shown.streams)) {
    if (report.error) telemetry.error('stream-failed', 'Stream failed.', { stream, ...report });
    else telemetry.info('stream-served', 'Stream served.', { stream, ...report });
  }
  telemetry.info('run-finished', 'Run finished.', { ...shown });
  return shown;
}

/** A stream that failed fails the invocation, so that AWS's own error metric counts it. */
function conclude(result: RunResult, shown: PublicResult): PublicResult {
  if (result.status !== 'failed') return shown;
  throw runFailed(
    Object.entries(result.streams).flatMap(([stream, { error }]) => (error ? [{ what: stream, error }] : [])),
  );
}
