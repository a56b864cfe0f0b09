import type { PublicResult } from '../../lambda/forwarder/reporting/result.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import type { SilentDrops } from '../stand-ins/datadog/limits.ts';

/** One run as the table shows it. */
export interface ReportedRun {
  name: string;
  result: PublicResult;
  /** Valence's time when the run ended, in epoch seconds. */
  sourceTime: number;
}

const HEADINGS = ['run', 'stream', 'fetched', 'forwarded', 'duplicates', 'quarantined', 'watermark', 'lag'];
/** Columns that hold numbers stand to the right. */
const FIRST_NUMBER = 2;
const FIRST_TIME = 6;

const number = (value: number) => value.toLocaleString('en-US');
const time = (epochSeconds: number) => new Date(epochSeconds * 1000).toISOString().replace('.000Z', 'Z');

function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${number(minutes)} min ${seconds % 60} s`;
}

const rowsOf = ({ name, result, sourceTime }: ReportedRun): string[][] =>
  Object.entries(result.streams).map(([stream, report]) => [
    name,
    stream,
    ...[report.fetched, report.forwarded, report.duplicates, report.quarantined].map(number),
    report.skipped ? `skipped: ${report.skipped}` : time(report.watermark),
    report.skipped ? '-' : duration(Math.max(0, Math.round(sourceTime - report.watermark))),
  ]);

/** Runs and streams as a table, times in UTC. `lag` is how far the watermark is behind Valence's own time. */
export function runTable(runs: readonly ReportedRun[]): string {
  const rows = [HEADINGS, ...runs.flatMap(rowsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: string[]) =>
    row
      .map((cell, column) =>
        column >= FIRST_NUMBER && column < FIRST_TIME
          ? cell.padStart(widths[column] ?? 0)
          : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = rows;
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(line)].join('\n');
}

/** One accepted log, as Datadog received it. */
export function sampleLog(logs: readonly JsonObject[]): string {
  const log = logs.find(({ service, action }) => service === 'audit-logs' && action !== 'User signed in');
  return JSON.stringify(log ?? logs[0] ?? null, null, 2);
}

/** What Datadog would have done to the accepted logs in silence: `0`, or each kind with its count. */
export function dropSummary(drops: SilentDrops): string {
  const found = Object.entries(drops).filter(([, count]) => count > 0);
  return found.length === 0 ? '0' : found.map(([kind, count]) => `${number(count)} ${kind}`).join(', ');
}
