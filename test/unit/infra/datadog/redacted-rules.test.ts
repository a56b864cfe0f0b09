import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PARSE_SENTENCE } from '../../../../infra/datadog/pipeline/sentences.ts';
import { DETECTION_RULES } from '../../../../infra/datadog/rules.ts';
import type { JsonObject } from '../../../../lambda/shared/json.ts';
import type { RedactRules } from '../../../../lambda/shared/redact-path.ts';
import { plainValuesAt } from '../../../../tools/datadog/interpreter/paths.ts';
import { processedLogs } from '../../../../tools/preview/data/preview-logs.ts';
import { alertRecord, auditRecord } from '../../../support/core-records.ts';
import { NOW } from '../../../support/outside-world.ts';

/** What rules read, in their queries, groups and conditions. */
const READ_BY_RULES = [
  ...new Set(
    Object.values(DETECTION_RULES).flatMap((rule) =>
      Array.from(
        JSON.stringify([rule.queries, rule.thirdPartyCases, rule.options]).matchAll(/@([\w.]+)/g),
        ([, path]) => path as string,
      ),
    ),
  ),
];

/** The fingerprint is another one by design. The names of connectors, platforms and permission sets are texts that people choose. */
const CHANGES = new Set([
  'connector_change_details.name',
  'valence_forwarder.fingerprint',
  'connector_details.name',
  'user_change_details.platforms',
  'user_change_details.platform_list',
  'user_change_details.permission_sets',
]);

const IP = '203.0.113.7';
const GEO_IP = { [IP]: { country: { iso_code: 'XX', name: 'Xanadu' } } };

const logOf = (stream: 'alerts' | 'audit-logs', record: JsonObject, redact?: RedactRules) =>
  processedLogs([{ stream, record }], NOW, NOW, { geoIp: GEO_IP }, redact)[0]?.attributes as JsonObject;

/** @param named what the redacted paths fill */
const readByRules = (log: JsonObject, named: readonly string[]) =>
  Object.fromEntries(
    READ_BY_RULES.filter((path) => !CHANGES.has(path) && !named.includes(path)).map((path) => [
      path,
      plainValuesAt(log, path),
    ]),
  );

/** What the name of an actor fills. */
const NAME = ['usr.name'];

const event = (name: string) => ({
  eventId: 'event-1',
  actorType: 'User',
  actorUser: { id: 'u-4711', name, email: 'mallory@example.com' },
  ip: IP,
  userAgent: 'curl/8.0',
  platform: 'Google Workspace',
  connectorUid: 'connector-1',
  eventResult: 'Success',
  eventTime: { timestamp: NOW - 60, timestampKind: 'Occurred' },
  action: { actionType: 'Authentication', actionName: 'Login' },
});

const alert = (name: string) =>
  alertRecord({
    vuid: 'alert-4711',
    connectorUids: ['connector-1', 'connector-2'],
    events: [event(name)],
    alertType: {
      vuid: 'type-1',
      name: 'Token reused',
      severity: 'High',
      platform: 'Google Workspace',
      mitreAttackTactics: ['TA0010'],
      mitreAttackTechniques: ['T1098'],
    },
  });

const ACTIONS = ['User signed in', 'User access updated', 'Policy disabled', 'Connector deleted'] as const;

const SENTENCES = [
  ...PARSE_SENTENCE.samples,
  'Updated user bob@example.com to role "Admin" with access to Duo "Primary"',
  'Deleted Microsoft Sentinel connector named "SIEM" via method "API"',
  'Deleted Datadog connector named "SIEM"',
];

/** Names that are, or are a part of, what the record holds elsewhere, and any other text. */
const nameFrom = (record: JsonObject) => {
  const texts = [...JSON.stringify(record).matchAll(/"((?:[^"\\]|\\.)+)"/g)].map(
    ([, text]) => text as string,
  );
  const whole = fc.constantFrom(...texts, ...texts.flatMap((text) => text.split(' ')));
  const part = fc
    .tuple(whole, fc.nat(40), fc.integer({ min: 2, max: 40 }))
    .map(([text, from, length]) => text.slice(from % text.length, (from % text.length) + length));
  return fc
    .oneof(whole, part, fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }))
    .filter((name) => name !== '');
};

describe('no one chooses a name that blinds a rule', () => {
  const redact = {
    remove: ['alert.events[*].aux', 'alert.events[*].userAgent'],
    hash: ['alert.events[*].actorUser.name'],
  };

  it.each([IP, 'Open', 'mallory@example.com', 'u-4711', 'connector-1', 'alert-4711', '203.0'])(
    'an alert of %s',
    (name) => {
      const [chosen, other] = [
        logOf('alerts', alert(name), redact),
        logOf('alerts', alert('Mallory'), redact),
      ];
      expect(chosen['network']).toEqual({ client: { ip: IP, geoip: GEO_IP[IP] } });
      expect(chosen['alert']).toMatchObject({ status: 'Open', vuid: 'alert-4711' });
      expect(readByRules(chosen, NAME)).toEqual(readByRules(other, NAME));
    },
  );

  it('any name, in an alert', () =>
    fc.assert(
      fc.property(nameFrom(alert('Mallory')), (name) => {
        expect(readByRules(logOf('alerts', alert(name), redact), NAME)).toEqual(
          readByRules(logOf('alerts', alert(name)), NAME),
        );
      }),
    ));

  it('any name of a person that goes as a whole, in an alert', () => {
    const person = { remove: ['alert.events[*].actorUser'], hash: [] };
    const fills = READ_BY_RULES.filter((path) => /^usr\.|\.actor(\.|$)/.test(path));
    fc.assert(
      fc.property(nameFrom(alert('Mallory')), (name) => {
        expect(readByRules(logOf('alerts', alert(name), person), fills)).toEqual(
          readByRules(logOf('alerts', alert(name)), fills),
        );
      }),
    );
  });

  it.each(['role', 'policy', 'user', 'with access to', 'Admin', 'Updated', '" with'])(
    'an actor %s',
    (actor) => {
      const details = 'Updated user bob@example.com to role "Admin" with access to Duo "Primary"';
      const log = logOf('audit-logs', auditRecord({ actor, details }), { remove: ['actor'], hash: [] });
      expect(log['user_change_details']).toMatchObject({ activity: 'Updated', role: 'Admin' });
    },
  );

  const named = [
    'usr.name',
    'usr.email',
    'valence_forwarder.actor',
    'valence_forwarder.primary_event.actor.email',
  ];

  it('any actor, in an audit record with any sentence', () => {
    const record = fc.record({
      action: fc.constantFrom(...ACTIONS),
      details: fc.constantFrom(...SENTENCES),
      ipAddress: fc.constant(IP),
    });
    const cases = record.chain((change) =>
      nameFrom(auditRecord(change)).map((actor) => auditRecord({ ...change, actor })),
    );
    fc.assert(
      fc.property(cases, fc.constantFrom('remove', 'hash'), (changed, kind) => {
        const rules = { remove: [], hash: [], [kind]: ['actor'] };
        expect(readByRules(logOf('audit-logs', changed, rules), named)).toEqual(
          readByRules(logOf('audit-logs', changed), named),
        );
      }),
      { numRuns: 500 },
    );
  });
});

it('rules read nothing of a record that is not filled here', () => {
  const logs = [
    logOf('alerts', alert('Mallory')),
    ...SENTENCES.map((details) => logOf('audit-logs', auditRecord({ details, ipAddress: IP }))),
  ];
  const isOurs = (path: string) => /^valence_forwarder\.(?!primary_event)/.test(path);
  const isFilled = (path: string) => isOurs(path) || logs.some((log) => plainValuesAt(log, path).length > 0);
  expect(READ_BY_RULES.filter((path) => !isFilled(path)).toSorted()).toEqual([
    'network.client.geoip',
    'threat_intel.results.category',
    'threat_intel.results.intention',
    'threat_intel.results.subcategory',
    'user_change_details.platform_list',
  ]);
});
