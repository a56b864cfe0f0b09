import type { JsonObject } from '../../lambda/shared/json.ts';

/** Part of every made-up record: a log line or an error that contains it shows a record. */
export const RECORD_CONTENT = 'planted-record-content';

export const ALERT_TYPE: JsonObject = {
  vuid: 'type-forwarding',
  name: 'Mail forwarded outside',
  description: 'A mailbox forwards to an address outside the organisation.',
  severity: 'High',
  defaultSeverity: 'High',
  platform: 'Microsoft 365',
  sourceKind: 'SaaS',
  disabled: false,
  mitreAttackTactics: ['TA0003'],
  mitreAttackTechniques: ['T1098.003'],
};

/**
 * An audit record.
 * @param time epoch seconds
 */
export const auditRecord = (time: number, name: string, change: JsonObject = {}): JsonObject => ({
  actor: `${RECORD_CONTENT}@example.com`,
  action: 'User signed in',
  success: true,
  ipAddress: '203.0.113.7',
  details: `User ${name} signed in ${RECORD_CONTENT}`,
  timeEpoch: time,
  ...change,
});

/** `count` audit records that all differ, one a second back from `newest` (epoch seconds), `every` seconds apart. */
export const auditRecords = (count: number, newest: number, every = 1): JsonObject[] =>
  Array.from({ length: count }, (_, index) => auditRecord(newest - index * every, `user-${index}`));

/**
 * An alert with one event.
 * @param time epoch seconds
 */
export const alert = (time: number, vuid: string, change: JsonObject = {}): JsonObject => ({
  vuid,
  alertTypeVuid: ALERT_TYPE['vuid'],
  connectorUids: ['connector-1'],
  creationTimestamp: time,
  status: 'Open',
  summaryLine: `Mail of ${RECORD_CONTENT} is forwarded`,
  events: [event(time)],
  ...change,
});

const person = (name: string) => ({ name, id: `id-${name}`, email: `${name}@example.com` });

const event = (time: number): JsonObject => ({
  eventId: 'event-1',
  actorType: 'User',
  actorUser: person(RECORD_CONTENT),
  target: person('target'),
  targetType: 'User',
  ip: '203.0.113.7',
  userAgent: 'curl/8.0',
  platform: 'Microsoft 365',
  connectorUid: 'connector-1',
  connectorDisplayName: 'Main',
  eventResult: 'Success',
  eventResultDetails: '',
  eventSummary: 'Forwarding was set',
  eventTime: { timestamp: time, timestampKind: 'Created' },
  action: { actionType: 'Update', actionName: 'Set-Mailbox', actionDescription: '' },
  aux: { '@odata': 'x', 'Target[3]': { id: RECORD_CONTENT } },
});

/** `count` alerts, `every` seconds apart, back from `newest` (epoch seconds). */
export const alerts = (count: number, newest: number, every = 1): JsonObject[] =>
  Array.from({ length: count }, (_, index) => alert(newest - index * every, `alert-${index}`));
