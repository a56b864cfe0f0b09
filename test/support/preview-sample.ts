import { type PostedLog, type PreviewInput, postedLogs } from '../../tools/preview/data/preview-logs.ts';
import { type SampleOptions, sampleData } from '../../tools/sample-data/sample-data.ts';
import { NOW } from './outside-world.ts';

/** Sample records of both streams as the preview takes them. The options are those of the sample data. */
export function sampleInputs(options: SampleOptions): PreviewInput[] {
  const { alerts, auditLogs } = sampleData(options);
  return [
    ...alerts.map((record) => ({ stream: 'alerts' as const, record })),
    ...auditLogs.map((record) => ({ stream: 'audit-logs' as const, record })),
  ];
}

/** The logs of sample records of eight hours, which fill every widget. */
export const sampleLogs = (number: Pick<SampleOptions, 'alerts' | 'auditLogs'>): PostedLog[] =>
  postedLogs(sampleInputs({ ...number, seed: 7, range: { from: NOW - 8 * 3600, to: NOW } }), undefined, NOW);
