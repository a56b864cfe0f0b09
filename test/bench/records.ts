import type { Stream } from '../../lambda/contract.ts';

/**
 * Records are generated from their number, so that a million of them need no memory: number n of `total`, spread evenly over
 * `spanSeconds`, unless `times` has the time of each.
 */
export interface RecordList {
  stream: Stream;
  total: number;
  /** Epoch seconds of the first record. */
  start: number;
  spanSeconds: number;
  /** Epoch seconds of all records, in ascending order. */
  times?: readonly number[];
}

export const timeOf = ({ start, spanSeconds, total, times }: RecordList, n: number): number =>
  times?.[n] ?? start + Math.floor((n * spanSeconds) / total);

/** Number of the first record at or after a time. */
export const firstAt = ({ start, spanSeconds, total, times }: RecordList, time: number): number =>
  times
    ? firstIn(times, time)
    : Math.min(total, Math.max(0, Math.ceil(((time - start) * total) / spanSeconds)));

function firstIn(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

const ACTIONS = ['User signed in', 'User access updated', 'Connector renamed', 'Policy created or updated'];

/** The size of a typical audit record. */
const SIZE_BYTES = 369;

function auditRecord(list: RecordList, n: number): string {
  const actor = `person.number.${n % 977}@customer.example.com`;
  const details = `Updated user person.${n} to role \\"Security Analyst\\" with access to Duo \\"Duo Primary\\", Google Workspace \\"Main ${n % 53}\\"`;
  const record = `{"actor":"${actor}","action":"${ACTIONS[n % ACTIONS.length]}","success":${n % 9 !== 0},"ipAddress":"203.0.113.${n % 251}","timeEpoch":${timeOf(list, n)},"details":"${details}`;
  return `${record.padEnd(SIZE_BYTES - 2, ` and permission set ${n % 89}`)}"}`;
}

const AUX = Array.from(
  { length: 60 },
  (_, index) => `"Property[${index}]":"value number ${index} of the event as the platform gave it"`,
).join(',');

/** About 5 KB: an alert with one event, its free-form map well filled. */
function alertRecord(list: RecordList, n: number): string {
  const time = timeOf(list, n);
  return `{"vuid":"alert-${n}-8c1f5f2e","alertTypeVuid":"type-${n % 20}","connectorUids":["con-${n % 7}"],"creationTimestamp":${time},"status":"Open","summaryLine":"Suspicious change number ${n} on Okta","events":[{"eventId":"event-${n}","actorType":"User","actorUser":{"name":"Person ${n % 977}","id":"user-${n % 977}","email":"person.${n % 977}@customer.example.com"},"target":{"name":"App","id":"app-${n % 31}","email":"app@customer.example.com"},"targetType":"Application","ip":"203.0.113.${n % 251}","userAgent":"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)","platform":"Okta","connectorUid":"con-${n % 7}","connectorDisplayName":"Okta ${n % 7}","eventResult":"Success","eventSummary":"A privileged role was granted","eventTime":{"timestamp":${time},"timestampKind":"Exact"},"action":{"actionType":"Grant","actionName":"Role granted","actionDescription":"A role was granted to a user"},"aux":{${AUX}}}]}`;
}

export const recordText = (list: RecordList, n: number): string =>
  list.stream === 'alerts' ? alertRecord(list, n) : auditRecord(list, n);

export const ALERT_TYPES = Array.from({ length: 20 }, (_, index) => ({
  vuid: `type-${index}`,
  name: `Type ${index}`,
  description: 'A privileged change without any approval',
  severity: 'High',
  defaultSeverity: 'High',
  platform: 'Okta',
  sourceKind: 'Event',
  disabled: false,
  mitreAttackTactics: ['TA0003'],
  mitreAttackTechniques: ['T1098.003'],
}));
