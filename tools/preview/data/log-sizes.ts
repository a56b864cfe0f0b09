import type { LogSizes } from '../../../infra/cost/datadog-bill.ts';
import type { Stream } from '../../../lambda/contract.ts';
import { resultOf, type StreamReport } from '../../../lambda/forwarder/core/runs/report.ts';
import { runSummary } from '../../../lambda/forwarder/reporting/run-summary.ts';
import { DAY_SECONDS } from '../../../lambda/limits.ts';
import { postedLogs } from './preview-logs.ts';
import { sampleInputs } from './sample-inputs.ts';

/** An hour that does not change, because longer numbers make longer logs. */
const NOW = 1_767_225_600;

const RECORDS = 2_000;

/** What the encoder adds to the log of an alert that changed. */
const UPDATE = ',"update":true,"changed":["status"]';

/** As the tag of a version that does not change the tables with every release. */
const context = {
  tenant: 'default',
  version: '1.0.0',
  runId: '01234567-89ab-cdef-0123-456789abcdef',
  tags: [],
};

const REPORT: StreamReport = {
  fetched: 60,
  forwarded: 6,
  duplicates: 54,
  filtered: 0,
  quarantined: 0,
  watermark: NOW - 120,
  finalWatermark: NOW - DAY_SECONDS,
  silentSince: NOW - 300,
  hasWorked: true,
  caughtUp: true,
  skipped: null,
  error: null,
  holes: [],
};

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const average = (logs: readonly unknown[]): number =>
  logs.reduce<number>((sum, log) => sum + bytes(log), 0) / logs.length;

/** Average sizes of the logs of sample data, as the forwarder encodes them. */
export function logSizes(): LogSizes {
  const inputs = sampleInputs({
    seed: 1,
    range: { from: NOW - DAY_SECONDS / 2, to: NOW },
    alerts: RECORDS,
    auditLogs: RECORDS,
  });
  const sizeOf = (wanted: Stream) => {
    const own = inputs.filter(({ stream }) => stream === wanted);
    return average(postedLogs(own, NOW, NOW, undefined, context).map(({ posted }) => posted));
  };
  const alert = sizeOf('alerts');
  const summary = runSummary(resultOf({ alerts: REPORT, 'audit-logs': REPORT }), {
    context,
    now: NOW,
    pace: { interval: 300, settle: 120 },
  });
  return {
    alert,
    update: alert + UPDATE.length,
    auditLog: sizeOf('audit-logs'),
    runSummary: bytes(summary),
  };
}
