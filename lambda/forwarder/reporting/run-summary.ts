import { type LEASE_HELD, OWN_LOG, type Stream } from '../../contract.ts';
import { type Clock, deadlineIn } from '../../shared/clock.ts';
import { type Lag, lagOf, type Pace, worstLag } from '../../shared/lag.ts';
import { logTags } from '../core/logs/build.ts';
import type { LogContext } from '../core/logs/types.ts';
import type { PostAnswer, Sink, Telemetry } from '../core/ports.ts';
import type { RunResult } from '../core/runs/report.ts';
import { describeError, type StreamReport } from '../core/runs/report.ts';

/** A summary is not worth more of anybody's time. */
const PATIENCE_MS = 3_000;

/** Kept free before the platform kills the invocation. */
const LAST_WORDS_MS = 1_000;

/** The part of a summary about one stream. Times are epoch seconds, ages seconds. */
export interface StreamSummary {
  fetched: number;
  forwarded: number;
  duplicates: number;
  filtered: number;
  quarantined: number;
  watermark: number;
  final_watermark: number;
  /** Left out while nothing is known of the watermark. */
  watermark_age?: number;
  lag: Lag;
  caught_up: boolean;
  skipped: typeof LEASE_HELD | null;
}

/**
 * The log of a run. What monitors and dashboards query is text, because Datadog can compare a number only after a user has made
 * it a measure. `run_status` is not called `status`, which would become the status of the log.
 */
export interface RunSummary {
  ddsource: typeof OWN_LOG.ddsource;
  service: typeof OWN_LOG.service;
  ddtags: string;
  message: string;
  /** Of the stream that is furthest behind. */
  lag: Lag;
  /** Whether a record was put into quarantine. */
  quarantined: 'yes' | 'no';
  run_status: RunResult['status'];
  tenant: string;
  run_id: string;
  version: string;
  /** Codes of the errors that streams ended with, each once. */
  errors: string[];
  streams: Partial<Record<Stream, StreamSummary>>;
}

export interface SummaryFacts {
  context: LogContext;
  /** Epoch seconds. */
  now: number;
  pace: Pace;
}

function streamSummary(report: StreamReport, { now, pace }: SummaryFacts): StreamSummary {
  const age = report.watermark > 0 ? now - report.watermark : undefined;
  return {
    fetched: report.fetched,
    forwarded: report.forwarded,
    duplicates: report.duplicates,
    filtered: report.filtered,
    quarantined: report.quarantined,
    watermark: report.watermark,
    final_watermark: report.finalWatermark,
    ...(age !== undefined && { watermark_age: age }),
    lag: lagOf(age, pace),
    caught_up: report.caughtUp,
    skipped: report.skipped,
  };
}

/**
 * The log about a run.
 * @returns undefined when another run holds the leases of all streams; that run sends a summary of its own
 */
export function runSummary(result: RunResult, facts: SummaryFacts): RunSummary | undefined {
  const reports = Object.entries(result.streams) as [Stream, StreamReport][];
  if (reports.every(([, { skipped }]) => skipped)) return undefined;
  const streams = reports.map(([stream, report]) => [stream, streamSummary(report, facts)] as const);
  const { tenant, runId, version } = facts.context;
  const lag = worstLag(streams.map(([, summary]) => summary.lag));
  const counts = streams.map(([stream, { forwarded }]) => `${stream} ${forwarded}`).join(', ');
  return {
    ...OWN_LOG,
    ddtags: logTags(facts.context, false),
    message: `Run ${result.status}, lag ${lag}. Forwarded: ${counts}.`,
    lag,
    quarantined: reports.some(([, { quarantined }]) => quarantined > 0) ? 'yes' : 'no',
    run_status: result.status,
    tenant,
    run_id: runId,
    version,
    errors: [...new Set(reports.flatMap(([, { error }]) => (error ? [error.code] : [])))],
    streams: Object.fromEntries(streams),
  };
}

export interface SummaryPost {
  sink: Sink;
  clock: Clock;
  telemetry: Pick<Telemetry, 'warn'>;
  /** Milliseconds until the platform kills the invocation. */
  remainingMs: number;
}

/**
 * Posts the log about a run, once, within a few seconds and the time left of the invocation. It never throws: the result of the run
 * does not depend on it.
 */
export async function sendRunSummary(
  summary: RunSummary,
  { sink, clock, telemetry, remainingMs }: SummaryPost,
): Promise<void> {
  const deadline = deadlineIn(clock, Math.min(PATIENCE_MS, remainingMs - LAST_WORDS_MS));
  const problem =
    deadline.left() > 0 ? await refusal(sink, summary, { deadline }) : 'There was no time left.';
  if (problem) {
    telemetry.warn(
      'run-summary-lost',
      'The run summary did not reach Datadog. Forwarded records are not affected.',
      { problem },
    );
  }
}

async function refusal(
  sink: Sink,
  summary: RunSummary,
  call: Parameters<Sink['post']>[1],
): Promise<string | undefined> {
  try {
    return problemOf(await sink.post(JSON.stringify([summary]), call));
  } catch (error) {
    return describeError(error).message;
  }
}

function problemOf(answer: PostAnswer): string | undefined {
  if (answer.outcome === 'success') return undefined;
  return answer.outcome === 'deadline-exceeded' ? 'Datadog did not answer in time.' : answer.reason;
}
