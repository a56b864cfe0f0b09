import { withTable } from '../document-table.ts';

/** Sizes of logs as the intake receives them, in bytes of JSON without compression: what Datadog counts. */
export interface LogSizes {
  /** The log of an alert on average, with its type. */
  readonly alert: number;
  /** That of an alert that is forwarded again because it changed. */
  readonly update: number;
  readonly auditLog: number;
  readonly runSummary: number;
}

/** Logs by their sort. */
type Logs = Partial<Record<keyof LogSizes, number>>;

const GB = 1e9;
const MONTH_RUNS = 8_640;

/** How often an alert of the table changes: opened, worked on, closed. */
const CHANGES = 2;

const number = (value: number): string => value.toLocaleString('en-US');

const gigabytes = (bytes: number): string =>
  (bytes / GB).toLocaleString('en-US', { maximumSignificantDigits: 2 });

function bytesOf(logs: Logs, sizes: LogSizes): number {
  return Object.entries(logs).reduce((sum, [sort, count]) => sum + count * sizes[sort as keyof LogSizes], 0);
}

/** A row. Run summaries have a source of their own, so a security filter for Valence's records leaves them out. */
function row(what: string, logs: Logs, sizes: LogSizes): string {
  const { runSummary: _, ...records } = logs;
  const count = Object.values(logs).reduce((sum, each) => sum + each, 0);
  const cells = [what, number(count), gigabytes(bytesOf(logs, sizes)), gigabytes(bytesOf(records, sizes))];
  return `| ${cells.join(' | ')} |`;
}

const table = (sizes: LogSizes): string =>
  [
    '| what | indexed events | ingested GB | Cloud SIEM GB |',
    '|---|---|---|---|',
    row('1,000 alerts', { alert: 1_000 }, sizes),
    row(
      `1,000 alerts with \`alertUpdates\`, of which each changes ${CHANGES === 2 ? 'twice' : `${CHANGES} times`}`,
      { alert: 1_000, update: CHANGES * 1_000 },
      sizes,
    ),
    row('a million audit logs', { auditLog: 1_000_000 }, sizes),
    row('run summaries of a month, a run every five minutes', { runSummary: MONTH_RUNS }, sizes),
    row(
      '**the ordinary month above**: 2,000 alerts, 50,000 audit logs, run summaries',
      { alert: 2_000, auditLog: 50_000, runSummary: MONTH_RUNS },
      sizes,
    ),
  ].join('\n');

const sizesTable = ({ alert, update, auditLog, runSummary }: LogSizes): string =>
  [
    '| log | bytes |',
    '|---|---|',
    ...Object.entries({
      'an alert with its type': alert,
      'an alert that changed': update,
      'an audit log': auditLog,
      'a run summary': runSummary,
    }).map(([what, bytes]) => `| ${what} | ${number(Math.round(bytes))} |`),
  ].join('\n');

/**
 * The page about cost with the tables of Datadog's bill written again.
 * @param sizes of the logs of sample data
 * @throws {Error} when the marks of a table are missing
 */
export const withDatadogBill = (document: string, sizes: LogSizes): string =>
  withTable(withTable(document, 'datadog-bill', table(sizes)), 'log-sizes', sizesTable(sizes));
