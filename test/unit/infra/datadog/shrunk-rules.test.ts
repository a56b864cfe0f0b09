import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DETECTION_RULES } from '../../../../infra/datadog/rules.ts';
import type { Stream } from '../../../../lambda/contract.ts';
import type { JsonObject } from '../../../../lambda/shared/json.ts';
import { matches } from '../../../../tools/datadog/interpreter/query/match.ts';
import { processedLogs } from '../../../../tools/preview/data/preview-logs.ts';
import { alertRecord, auditRecord } from '../../../support/core-records.ts';
import { NOW } from '../../../support/outside-world.ts';

/** People who choose long names, so that their logs are over 1 MB and are shrunk, and what the rules still see of them. */

/** Every query of a rule, with the groups that a log needs to count. */
const QUERIES = Object.entries(DETECTION_RULES).flatMap(([id, { queries }]) =>
  queries.map(({ query, groupByFields = [] }) => ({
    id,
    needed: [query, ...groupByFields.map((field) => `${field}:*`)],
  })),
);

/** The rules that the log of a record counts for, and whether it was shrunk. */
function seenOf(stream: Stream, record: JsonObject) {
  const [log] = processedLogs([{ stream, record }], NOW, NOW);
  if (!log) throw new Error('There is no log.');
  const rules = QUERIES.filter(({ needed }) => needed.every((query) => matches(query, log))).map(
    ({ id }) => id,
  );
  return { rules: new Set(rules), own: log.attributes['valence_forwarder'] as JsonObject };
}

function expectNoneLost(stream: Stream, short: JsonObject, long: JsonObject): void {
  const [before, after] = [seenOf(stream, short), seenOf(stream, long)];
  expect(before.own).not.toHaveProperty('shrunk');
  expect(after.own).toMatchObject({ shrunk: true });
  expect([...before.rules].filter((id) => !after.rules.has(id))).toEqual([]);
}

const FILLINGS = ['x', '"', '\u0001', '日', '😀'];

/** How long a text has to be, in characters, for a log with it twice to be over 1 MB. */
const lengthOf = (filling: string): number => Math.ceil(1_100_000 / 2 / (JSON.stringify(filling).length - 2));

const SENTENCES: readonly [action: string, details: (name: string, other: string) => string][] = [
  ['User created', (a, b) => `Created user ${a} with role "Admin" with access to Okta "${b}"`],
  [
    'User access updated',
    (a, b) => `Updated user ${a} to role "Admin" with access to ${b} and permission sets ${b}`,
  ],
  ['User deleted', (a) => `Deleted user ${a} with role "Viewer" with access to all`],
  [
    'Policy disabled',
    (a, b) => `Disabled a policy on Data. Policy name: "${a}". Platform: "Okta". Instance(s): "${b}"`,
  ],
  ['Connector deleted', (a) => `Deleted Datadog connector named "${a}"`],
  ['Connector deleted', (a) => `Deleted Microsoft Sentinel connector named "${a}" via method "API"`],
  ['API Key created', (a, b) => `Created API Key "${a}" for "${b}"`],
];

/** Whoever uploads a file names it, and no connector. */
const UPLOAD = (file: string) =>
  `Uploaded data file "${file}" of kind "Users" to a Custom connector named "HR"`;

describe('F28 a long name takes no log from a rule', () => {
  it('in the sentence of an audit record', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SENTENCES, ['Upload data to connector', UPLOAD] as const),
        fc.constantFrom(...FILLINGS),
        fc.boolean(),
        fc.integer({ min: 0, max: 3000 }),
        ([action, details], filling, isFirst, other) => {
          const long = filling.repeat(lengthOf(filling));
          const short = filling.repeat(other);
          const record = (text: string) =>
            auditRecord({ action, details: text, ipAddress: '203.0.113.7', success: true });
          const chosen = isFirst ? details(long, short) : details(short, long);
          fc.pre(chosen.length > long.length);
          expectNoneLost('audit-logs', record(details('x', 'y')), record(chosen));
        },
      ),
      { numRuns: 25 },
    );
  });

  const FIELDS = [
    'actorUser.name',
    'userAgent',
    'target.name',
    'eventSummary',
    'connectorDisplayName',
    'aux.note',
  ];

  const alert = (event: JsonObject, more: JsonObject = {}) =>
    alertRecord({
      vuid: 'alert-1',
      connectorUids: ['connector-1'],
      events: [event],
      alertType: {
        vuid: 'type-1',
        name: 'Token reused',
        severity: 'Critical',
        platform: 'GitHub',
        mitreAttackTactics: ['TA0010'],
        mitreAttackTechniques: ['T1098'],
      },
      ...more,
    });

  const EVENT = {
    eventId: 'event-1',
    actorType: 'User',
    actorUser: { id: 'u-1', name: 'Mallory', email: 'mallory@example.com' },
    ip: '203.0.113.7',
    userAgent: 'curl/8.0',
    platform: 'GitHub',
    eventResult: 'Success',
    eventTime: { timestamp: NOW - 60, timestampKind: 'Occurred' },
    action: { actionType: 'Authentication', actionName: 'Login' },
  };

  /** The event with texts in place of some of its fields. */
  const eventWith = (texts: Readonly<Record<string, string>>): JsonObject => {
    const event: JsonObject = { ...EVENT };
    for (const [path, text] of Object.entries(texts)) {
      const [outer = '', inner] = path.split('.');
      event[outer] = inner === undefined ? text : { ...(event[outer] as object), [inner]: text };
    }
    return event;
  };

  it('in an alert, with a list of a great many files', () => {
    const texts = fc.dictionary(
      fc.constantFrom(...FIELDS),
      fc
        .tuple(fc.constantFrom(...FILLINGS), fc.constantFrom(1, 300, 3_000))
        .map(([filling, times]) => filling.repeat(times)),
      { noNullPrototype: true },
    );
    const sharedFiles = Array.from({ length: 40_000 }, (_, index) => `file-${index}-of-a-shared-folder`);
    fc.assert(
      fc.property(texts, (chosen) => {
        expectNoneLost('alerts', alert(EVENT), alert(eventWith(chosen), { sharedFiles }));
      }),
      { numRuns: 15 },
    );
  });
});
