import type { Range } from '../../lambda/forwarder/core/ports.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { ALERT_TYPES } from './alert-types.ts';
import { sampleAlerts } from './alerts.ts';
import { sampleAuditLogs } from './audit-logs.ts';
import { seededRandom } from './random.ts';

export interface SampleOptions {
  /** The same seed and range give the same records; another seed gives other alerts. */
  seed: number;
  /** When the records happened, in epoch seconds. */
  range: Range;
  alerts: number;
  auditLogs: number;
}

export interface SampleData {
  alerts: JsonObject[];
  auditLogs: JsonObject[];
  /** Every type that an alert refers to, the same for each seed. */
  alertTypes: JsonObject[];
}

/** Makes up what a Valence tenant might hold. Records that arrive later are those of another seed and a later range. */
export function sampleData({ seed, range, alerts, auditLogs }: SampleOptions): SampleData {
  const random = seededRandom(seed);
  return {
    alerts: sampleAlerts(random, alerts, range),
    auditLogs: sampleAuditLogs(random, auditLogs, range),
    alertTypes: ALERT_TYPES,
  };
}
