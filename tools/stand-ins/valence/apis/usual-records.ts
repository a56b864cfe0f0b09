import { HOUR_SECONDS } from '../../../../lambda/limits.ts';
import type { Truth } from './api.ts';

/**
 * Half a day of records, some of them alike, some within one second.
 * @param now epoch seconds
 */
export function usualRecords(now: number): Truth {
  const start = now - 12 * HOUR_SECONDS;
  const auditLogs = Array.from({ length: 260 }, (_, n) => ({
    actor: `user-${n % 9}@example.com`,
    action: 'User signed in',
    success: n % 3 > 0,
    ipAddress: '192.0.2.7',
    // Every tenth record is like its predecessor.
    details: `Sign-in ${n % 10 === 9 ? n - 1 : n}`,
    timeEpoch: start + 60 + Math.floor((n % 10 === 9 ? n - 1 : n) / 3) * 480,
  }));
  const alerts = Array.from({ length: 45 }, (_, n) => ({
    vuid: `alert-${n}`,
    alertTypeVuid: `type-${n % 4}`,
    creationTimestamp: start + 90 + n * 900,
    status: 'Open',
    summaryLine: `Alert ${n}`,
  }));
  const types = Array.from({ length: 4 }, (_, n) => ({
    vuid: `type-${n}`,
    name: `Type ${n}`,
    severity: 'High',
  }));
  return { 'audit-logs': auditLogs, alerts, 'alert-types': types };
}

/**
 * As many records within one hour, so that every slice has many pages.
 * @param now epoch seconds
 */
export function denseRecords(now: number): Truth {
  const { 'audit-logs': auditLogs, ...others } = usualRecords(now);
  const start = now - 12 * HOUR_SECONDS;
  const dense = auditLogs.map((record) => ({
    ...record,
    timeEpoch: now - 2 * HOUR_SECONDS + Math.floor((Number(record['timeEpoch']) - start) / 12),
  }));
  return { ...others, 'audit-logs': dense };
}
