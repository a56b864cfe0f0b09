import type { Finding } from '../../../tools/doctor/finding.ts';
import { ALERT_TYPE, alert, auditRecords } from '../records.ts';
import { nowSeconds, type Scene } from './scene.ts';

const HOUR = 3600;

/** Records of the last hours, so that ranges and pages can be distinguished. */
export function fill({ valence }: Scene): void {
  const newest = nowSeconds() - HOUR;
  valence.auditLogs.add(auditRecords(20, newest, 600));
  valence.alerts.add(Array.from({ length: 12 }, (_, n) => alert(newest - n * 600, `alert-${n}`)));
  valence.alertTypes.add([ALERT_TYPE, { ...ALERT_TYPE, vuid: 'type-2' }, { ...ALERT_TYPE, vuid: 'type-3' }]);
}

export const byName = (findings: Finding[]) =>
  Object.fromEntries(findings.map((finding) => [finding.name, finding]));
/** Names of the findings of level fail. */
export const wrong = (findings: Finding[]) =>
  findings.filter(({ level }) => level === 'fail').map(({ name }) => name);
