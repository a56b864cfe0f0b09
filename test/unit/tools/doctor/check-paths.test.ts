import { expect, it } from 'vitest';
import { checkPaths, type ShownRecords } from '../../../../tools/doctor/check-paths.ts';

const SHOWN: ShownRecords = {
  alerts: [
    { vuid: '1', events: [{ aux: {} }, { ip: '192.0.2.1' }], alertType: { name: 'A' } },
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
])('%s is found', (path) => {
  expect(missing([path])).toEqual([]);
});

it.each(['alert.evnts[*].ip', 'alert.events[*].userAgent', 'alert_type_details.nam', 'details'])(
  '%s is reported',
  (path) => {
    expect(missing([path])).toEqual([expect.stringContaining(path)]);
  },
);

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
