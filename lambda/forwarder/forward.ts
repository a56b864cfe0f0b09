import type { ApiKey } from '../common/api-key.ts';
import { type Deadline, deadlineIn } from '../common/clock.ts';
import { CredentialError, RunFailed } from '../common/errors.ts';
import { VERSION } from '../common/version.ts';
import type { RunTelemetry } from './aws/telemetry.ts';
import type { Config } from './config.ts';
import { connect, connectPorts, leaseOwner } from './connections.ts';
import type { LogContext } from './core/log-item.ts';
import { STREAMS, type StateStore, type Stream } from './core/ports.ts';
import { redaction } from './core/redact.ts';
import { type RunResult, resultOf, run } from './core/run.ts';
import { failedBeforeStart } from './core/stream.ts';
import type { StreamSettings } from './core/stream-run.ts';
import { type PublicResult, publicResult, publishMetrics } from './result.ts';
import { runSummary, sendRunSummary } from './run-summary.ts';

/** Kept free at the end of an invocation for saving progress and writing the result. */
export const RESERVE_MS = 5_000;

/** What is needed of the Lambda context. */
export interface InvocationContext {
  awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

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
  const killedInMs = context.getRemainingTimeInMillis();
  const connections = connect(config);
  const ports = connectPorts(config, connections, telemetry);
  const startedAt = ports.clock.monotonic();
  const { capacity } = connections;
  const before = { ...capacity };

  const logContext = logContextOf(config, context);
  const unusable = await unusableKeys([connections.valenceKey, connections.datadogKey]);
  const result = unusable
    ? await failAll(config.streams, ports.store, unusable.error)
    : await run(config.streams, ports, settingsOf(config, logContext, connections.datadogKey), {
        owner: leaseOwner(context.awsRequestId),
        deadline: deadlineFor(killedInMs),
        killedInMs,
      });
  if (unusable) telemetry.count('CredentialFailures', config.streams.length);

  publishMetrics(telemetry, config.tenant, result, {
    RunDuration: ports.clock.monotonic() - startedAt,
    TimeLeft: context.getRemainingTimeInMillis(),
    now: nowSeconds(),
  });
  telemetry.debug('State table used.', {
    readUnits: capacity.readUnits - before.readUnits,
    writeUnits: capacity.writeUnits - before.writeUnits,
    queries: capacity.queries - before.queries,
  });
  const shown = logResult(result, telemetry);
  // Without a key there is nothing to wait for.
  if (config.runSummaryLogs && !unusable?.keys.includes(connections.datadogKey)) await summarise();
  return conclude(result, shown);

  function deadlineFor(ms: number): Deadline {
    return deadlineIn(ports.clock, ms - RESERVE_MS);
  }

  function nowSeconds(): number {
    return Math.floor(ports.clock.wall() / 1000);
  }

  async function summarise(): Promise<void> {
    const { settleSeconds } = config;
    const summary = runSummary(result, { context: logContext, now: nowSeconds(), settleSeconds });
    if (!summary) return;
    const { sink, clock } = ports;
    await sendRunSummary(summary, { sink, clock, telemetry, killedInMs: context.getRemainingTimeInMillis() });
  }
}

/** Both keys are read before anything else, so that everything wrong with them is told at once and no state changes. */
async function unusableKeys(
  keys: readonly ApiKey[],
): Promise<{ keys: ApiKey[]; error: CredentialError } | undefined> {
  const reads = await Promise.allSettled(keys.map((key) => key.value()));
  const errors = reads.flatMap((read) => (read.status === 'rejected' ? [read.reason] : []));
  const unforeseen = errors.find((error) => !(error instanceof CredentialError));
  if (unforeseen) throw unforeseen;
  const [first] = errors as CredentialError[];
  return (
    first && {
      keys: keys.filter((_, index) => reads[index]?.status === 'rejected'),
      error: new CredentialError(
        first.code,
        errors.map(({ message }) => message).join(' '),
        errors.map(({ fix }) => fix).join(' '),
      ),
    }
  );
}

async function failAll(
  streams: readonly Stream[],
  store: StateStore,
  error: CredentialError,
): Promise<RunResult> {
  const reports = await Promise.all(
    streams.map(async (stream) => [stream, await failedBeforeStart(stream, store, error)] as const),
  );
  return resultOf(Object.fromEntries(reports));
}

/** What the logs of this run have in common. */
const logContextOf = (config: Config, context: InvocationContext): LogContext => ({
  tenant: config.tenant,
  version: VERSION,
  runId: context.awsRequestId,
  env: config.datadog.env,
  tags: config.datadog.tags,
  redact: config.redact && redaction(config.redact),
});

function settingsOf(
  config: Config,
  logContext: LogContext,
  datadogKey: ApiKey,
): Record<Stream, StreamSettings> {
  const { profile } = config.valence;
  const settings = (stream: Stream): StreamSettings => ({
    initialLookbackSeconds: config.initialLookbackSeconds,
    settleSeconds: config.settleSeconds,
    lookbackSeconds: config.lookbackSeconds[stream],
    parallelSlices: config.parallelSlices,
    alertUpdates: config.alertUpdates,
    alertSeverities: config.alertSeverities,
    volatileFields: profile.volatileFields,
    boundedAbove: (stream === 'alerts' ? profile.alerts : profile.auditLogs).toParam !== null,
    logContext,
    datadogKeyFix: datadogKey.fix,
  });
  return Object.fromEntries(STREAMS.map((stream) => [stream, settings(stream)])) as Record<
    Stream,
    StreamSettings
  >;
}

function logResult(result: RunResult, telemetry: RunTelemetry): PublicResult {
  const shown = publicResult(result);
  for (const [stream, report] of Object.entries(shown.streams)) {
    if (report.error) telemetry.error('Stream failed.', { stream, ...report });
    else telemetry.info('Stream served.', { stream, ...report });
  }
  telemetry.info('Run finished.', { ...shown });
  return shown;
}

/** A stream that failed fails the invocation, so that AWS's own error metric is honest. */
function conclude(result: RunResult, shown: PublicResult): PublicResult {
  if (result.status !== 'failed') return shown;
  const failures = Object.entries(result.streams).flatMap(([stream, { error }]) =>
    error ? [{ text: `${stream} failed (${error.code}): ${error.message}`, fix: error.fix }] : [],
  );
  throw new RunFailed(
    'run-failed',
    failures.map(({ text, fix }) => `${text} Fix: ${fix}`).join('\n'),
    failures.map(({ fix }) => fix).join(' '),
  );
}
