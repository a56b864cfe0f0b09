import type { LogContext, LogSource } from '../../lambda/forwarder/core/logs/types.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { NOW } from './outside-world.ts';

/** The secret of the state table. */
export const SECRET = Buffer.alloc(32, 's3cret');

export const LOG_CONTEXT: LogContext = { tenant: 'acme', version: '1.2.3', runId: 'run-1', tags: [] };

export const FINGERPRINT = '00112233445566778899aabbccddeeff';

/** An object with `count` keys, `k0` on, each holding its own number. */
export const manyKeys = (count: number): JsonObject =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));

/** Lists within lists. */
export const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

export const alertRecord = (change: JsonObject = {}): JsonObject => ({
  vuid: 'alert-1',
  alertTypeVuid: 'type-1',
  connectorUids: ['connector-1'],
  creationTimestamp: NOW - 60,
  status: 'Open',
  summaryLine: 'A privileged role was given to a user',
  events: [],
  ...change,
});

export const auditRecord = (change: JsonObject = {}): JsonObject => ({
  actor: 'ann@example.com',
  action: 'User signed in',
  success: true,
  ipAddress: '192.0.2.7',
  details: 'User ann@example.com signed in',
  timeEpoch: NOW - 60,
  ...change,
});

export const alertSource = (change: JsonObject = {}, source: Partial<LogSource> = {}): LogSource => ({
  stream: 'alerts',
  record: alertRecord(change),
  alertType: { vuid: 'type-1', name: 'Role given', severity: 'High' },
  fingerprint: FINGERPRINT,
  update: false,
  backfill: false,
  ...source,
});

export const auditSource = (change: JsonObject = {}, source: Partial<LogSource> = {}): LogSource => ({
  stream: 'audit-logs',
  record: auditRecord(change),
  alertType: undefined,
  fingerprint: FINGERPRINT,
  update: false,
  backfill: false,
  ...source,
});
