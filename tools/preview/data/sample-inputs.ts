import { isObject } from '../../../lambda/shared/json.ts';
import { type SampleOptions, sampleData } from '../../sample-data/sample-data.ts';
import type { PreviewInput } from './preview-logs.ts';

/** Sample records of both streams, alerts with their types, as the preview takes them. */
export function sampleInputs(options: SampleOptions): PreviewInput[] {
  const { alerts, auditLogs, alertTypes } = sampleData(options);
  const typeOf = new Map(alertTypes.map((type) => [type['vuid'], type]));
  return [
    ...alerts.map((alert): PreviewInput => {
      const alertType = typeOf.get(alert['alertTypeVuid']);
      return { stream: 'alerts', record: { ...(isObject(alertType) && { alertType }), ...alert } };
    }),
    ...auditLogs.map((record): PreviewInput => ({ stream: 'audit-logs', record })),
  ];
}
