import { expect, it } from 'vitest';
import { checkPaths, type ShownRecords } from '../../../../tools/doctor/check-paths.ts';

const SHOWN: ShownRecords = {
  alerts: [
    {
      vuid: '1',
      summaryLine: 'a summary',
      events: [{ aux: {} }, { ip: '192.0.2.1', actorUser: { name: 'Ada' } }],
      alertType: { name: 'A' },
    },
    { vuid: '2', events: [] },
  ],
  auditLogs: [{ actor: 'a@example.com', timeEpoch: 1 }],
};

const missing = (paths: string[], shown = SHOWN) =>
  checkPaths({ redact: { remove: paths, hash: [] } }, shown).flatMap(({ level, message }) =>
    level === 'warn' ? message : [],
  );

it.each([
  'alert.vuid',
  'alert.events[*].ip',
  'alert.events[*].aux',
  'alert_type_details.name',
  'actor',
  // The forwarder makes these.
  'message',
  'valence_forwarder.primary_event.ip',
  // Only logs that are sent late have it, and they have no other time.
  'valence_forwarder.event_time',
  'timeEpoch',
])('%s is found', (path) => {
  expect(missing([path])).toEqual([]);
});

it.each([
  'alert.evnts[*].ip',
  'alert.alertType.name',
  'valence_forwarder.extra.owner',
  'alert.events[*].userAgent',
  'alert_type_details.nam',
  'details',
])('%s is reported', (path) => {
  expect(missing([path])).toEqual([expect.stringContaining(path)]);
});

it('a type is looked in by the id that an alert names, and without an alert', () => {
  const shown = {
    alerts: [{ vuid: '1', alertTypeVuid: 'T' }],
    alertTypes: [{ vuid: 'T' }, { vuid: 'U', owner: 'Ada' }],
  };

  expect(missing(['alert_type_details.owner'], shown)).toEqual([]);
  expect(missing(['alert_type_details.name'], shown)).toEqual([expect.stringContaining('of the 3 newest')]);
  expect(missing(['alert_type_details.name'], { alerts: [{ vuid: '1' }] })).toEqual([]);
});

it('nothing is said without records', () => {
  expect(checkPaths({ redact: { remove: ['actor'], hash: ['alert.vuid'] } }, {})).toEqual([]);
});

it('a path of exclude is reported as one of redact', () => {
  const where = { 'alert.vuid': ['1'], 'alert.stauts': ['Open'] };

  const found = checkPaths(
    { redact: { remove: ['actor'], hash: [] }, exclude: [{ stream: 'alerts', where }] },
    SHOWN,
  );

  expect(found.map(({ name, level, message }) => [name, level, message])).toEqual([
    ['redact', 'ok', 'records have something at every path'],
    ['exclude', 'warn', 'none of the 2 newest records has anything at alert.stauts'],
  ]);
});
