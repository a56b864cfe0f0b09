import { type PostedLog, postedLogs } from '../../../tools/preview/data/preview-logs.ts';
import { sampleData } from '../../../tools/sample-data/sample-data.ts';
import { NOW } from '../outside-world.ts';

/** The logs of some sample records, which fill every widget. */
export function sampleLogs(): PostedLog[] {
  const range = { from: NOW - 8 * 3600, to: NOW };
  const { alerts, auditLogs } = sampleData({ seed: 7, range, alerts: 120, auditLogs: 600 });
  const inputs = [
    ...alerts.map((record) => ({ stream: 'alerts' as const, record })),
    ...auditLogs.map((record) => ({ stream: 'audit-logs' as const, record })),
  ];
  return postedLogs(inputs, undefined, NOW);
}
