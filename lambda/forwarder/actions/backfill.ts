import type { InvocationContext } from '../../shared/aws/invocation-context.ts';
import type { RunTelemetry } from '../aws/telemetry.ts';
import type { Config } from '../config.ts';
import { type BackfillReport, type BackfillRequest, backfill, notStarted } from '../core/runs/backfill.ts';
import { describeError } from '../core/runs/report.ts';
import { runFailed } from '../reporting/failures.ts';
import { connect, connectPorts } from '../wiring.ts';
import { ActionError } from './event.ts';
import { invocationOf } from './invocation.ts';
import { preflight } from './preflight.ts';
import { settingsOf } from './run-settings.ts';

/** What a backfill returns and logs; its shape is relied on from outside. Times are epoch seconds. */
export interface BackfillResult extends Omit<BackfillReport, 'error'> {
  /** `partial`: time ran out with work left. */
  status: 'ok' | 'partial' | 'failed';
  error: { code: string; message: string } | null;
}

/**
 * Backfills the part of a range that is below the range of the scheduled run, as far as time allows.
 * @returns the result, which is also logged as one line; unless `coveredTo` has reached `to`, call again from there
 * @throws {ActionError} when the stream is not collected
 * @throws {RunFailed} naming stream, code and fix; what was done until then stays done
 */
export async function backfillRange(
  request: BackfillRequest,
  config: Config,
  context: InvocationContext,
  telemetry: RunTelemetry,
): Promise<BackfillResult> {
  const { stream } = request;
  if (!config.streams.includes(stream)) {
    throw new ActionError(
      'stream-off',
      `The stream ${stream} is switched off, so it cannot be backfilled.`,
      'Switch it on (COLLECT_ALERTS, COLLECT_AUDIT_LOGS), or backfill the other stream.',
    );
  }
  const connections = connect(config);
  const ports = connectPorts(config, connections, telemetry);
  const { valenceKey, datadogKey } = connections;

  const keys = [valenceKey, datadogKey];
  const ready = await preflight({ config, runId: context.awsRequestId, keys, connections, telemetry });
  const report =
    'obstacle' in ready
      ? { ...notStarted(request), error: describeError(ready.obstacle.error) }
      : await backfill(
          request,
          ports,
          settingsOf(config, ready.recordContext, datadogKey.fix)[stream],
          invocationOf(context, ports.clock),
        );

  publish(report, config.tenant, telemetry);
  const result = resultOf(report);
  if (report.error) telemetry.error('stream-failed', 'Stream failed.', { action: 'backfill', ...result });
  else telemetry.info('backfill-finished', 'Backfill finished.', { ...result });
  if (report.error) throw runFailed([{ what: `The backfill of ${stream}`, error: report.error }]);
  return result;
}

/** Only volumes and errors: the lag of the stream and the length of its runs are metrics of the live run. */
function publish(
  { stream, fetched, forwarded, quarantined, duplicates }: BackfillReport,
  tenant: string,
  telemetry: RunTelemetry,
): void {
  telemetry.publish({
    tenant,
    run: { Duplicates: duplicates },
    streams: {
      [stream]: { RecordsFetched: fetched, LogsForwarded: forwarded, LogsQuarantined: quarantined },
    },
  });
}

function resultOf({ error, ...report }: BackfillReport): BackfillResult {
  const unfinished = report.coveredTo < report.to && !report.skipped;
  return {
    status: error ? 'failed' : unfinished ? 'partial' : 'ok',
    ...report,
    error: error && { code: error.code, message: error.message },
  };
}
