import { LEASE_HELD, type RUN_METRICS, type Stream, type StreamMetric } from '../../contract.ts';
import type { RunTelemetry } from '../aws/telemetry.ts';
import type { RunResult, StreamReport } from '../core/runs/report.ts';

type PublicReport = Omit<StreamReport, 'error' | 'silentSince' | 'hasWorked'> & {
  error: { code: string; message: string } | null;
};

/** A result as it is returned and logged; its shape is relied on from outside. */
export interface PublicResult {
  status: RunResult['status'];
  streams: Partial<Record<Stream, PublicReport>>;
}

/** The result without the parts that only the thrown error and the metrics contain. */
export function publicResult({ status, streams }: RunResult): PublicResult {
  return {
    status,
    streams: Object.fromEntries(
      Object.entries(streams).map(([stream, { error, silentSince: _, hasWorked: __, ...report }]) => [
        stream,
        { ...report, error: error && { code: error.code, message: error.message } },
      ]),
    ),
  };
}

export interface RunFigures {
  /** Milliseconds. */
  RunDuration: number;
  /** Milliseconds. */
  TimeLeft: number;
  /** Epoch seconds. */
  now: number;
}

const streamMetrics = (report: StreamReport, now: number): Partial<Record<StreamMetric, number>> => ({
  // Without a watermark nothing is known of the age, and a missing metric is the honest answer.
  ...(report.watermark > 0 && { WatermarkAge: now - report.watermark }),
  ...(report.finalWatermark > 0 && { FinalWatermarkAge: now - report.finalWatermark }),
  ...(report.silentSince > 0 && { SilenceAge: now - report.silentSince }),
  RecordsFetched: report.fetched,
  LogsForwarded: report.forwarded,
  LogsQuarantined: report.quarantined,
});

/** Writes the metrics of a run, whether it succeeded or not. */
export function publishMetrics(
  telemetry: RunTelemetry,
  tenant: string,
  { streams }: RunResult,
  { now, ...figures }: RunFigures,
): void {
  const reports = Object.values(streams);
  telemetry.publish({
    tenant,
    run: {
      ...figures,
      Duplicates: reports.reduce((sum, { duplicates }) => sum + duplicates, 0),
      Holes: reports.reduce((sum, { holes }) => sum + holes.length, 0),
      ...(reports.every(({ hasWorked }) => hasWorked === false) && { NotSetUp: 1 }),
      LeaseHeld: reports.filter(({ skipped }) => skipped === LEASE_HELD).length,
    } satisfies Partial<Record<keyof typeof RUN_METRICS, number>>,
    streams: Object.fromEntries(
      Object.entries(streams).map(([stream, report]) => [stream, streamMetrics(report, now)]),
    ),
  });
}
