import type { JsonObject } from '../../lambda/shared/json.ts';

const AUDIT_FIELDS = ['actor', 'action', 'success', 'ipAddress', 'details', 'timeEpoch'] as const;

const alertKey = (alert: JsonObject) => `alert ${alert['vuid']}`;
const auditKey = (record: JsonObject) =>
  `audit log ${JSON.stringify(AUDIT_FIELDS.map((field) => record[field]))}`;

/** The record that a log comes from. */
const logKey = (log: JsonObject) =>
  log['service'] === 'alerts' ? alertKey(log['alert'] as JsonObject) : auditKey(log);

export interface Arrivals {
  expected: number;
  /** Records that did not arrive, copies counted. */
  missing: number;
  /** Logs beyond what was expected, unknown ones included. */
  excess: number;
}

/** Compares the records of the source with the logs that the intake accepted, copy for copy. */
export function compareArrivals(
  given: { alerts: readonly JsonObject[]; auditLogs: readonly JsonObject[] },
  logs: readonly JsonObject[],
): Arrivals {
  const open = new Map<string, number>();
  for (const key of [...given.alerts.map(alertKey), ...given.auditLogs.map(auditKey)]) {
    open.set(key, (open.get(key) ?? 0) + 1);
  }
  for (const key of logs.map(logKey)) open.set(key, (open.get(key) ?? 0) - 1);
  const counts = [...open.values()];
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    expected: given.alerts.length + given.auditLogs.length,
    missing: sum(counts.map((count) => Math.max(0, count))),
    excess: sum(counts.map((count) => Math.max(0, -count))),
  };
}
