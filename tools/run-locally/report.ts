import type { PublicResult } from '../../lambda/forwarder/reporting/result.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { count, duration, utc } from '../cli/format.ts';
import { table } from '../cli/table.ts';
import type { SilentDrops } from '../stand-ins/datadog/limits.ts';

/** One run as the table shows it. */
export interface ReportedRun {
  name: string;
  result: PublicResult;
  /** Valence's time when the run ended, in epoch seconds. */
  sourceTime: number;
}

const HEADINGS = ['run', 'stream', 'fetched', 'forwarded', 'duplicates', 'quarantined', 'watermark', 'lag'];
const rowsOf = ({ name, result, sourceTime }: ReportedRun): string[][] =>
  Object.entries(result.streams).map(([stream, report]) => [
    name,
    stream,
    ...[report.fetched, report.forwarded, report.duplicates, report.quarantined].map(count),
    report.skipped ? `skipped: ${report.skipped}` : utc(report.watermark),
    report.skipped ? '-' : duration(sourceTime - report.watermark),
  ]);

/** Runs and streams as a table, times in UTC. `lag` is how far the watermark is behind Valence's own time. */
export const runTable = (runs: readonly ReportedRun[]): string =>
  table(HEADINGS, runs.flatMap(rowsOf), { naming: 2 });

/** One accepted log, as Datadog received it. */
export function sampleLog(logs: readonly JsonObject[]): string {
  const log = logs.find(({ service, action }) => service === 'audit-logs' && action !== 'User signed in');
  return JSON.stringify(log ?? logs[0] ?? null, null, 2);
}

/** What Datadog would have silently changed in the accepted logs: `0`, or each kind with its count. */
export function dropSummary(drops: SilentDrops): string {
  const found = Object.entries(drops).filter(([, dropped]) => dropped > 0);
  return found.length === 0 ? '0' : found.map(([kind, dropped]) => `${count(dropped)} ${kind}`).join(', ');
}
