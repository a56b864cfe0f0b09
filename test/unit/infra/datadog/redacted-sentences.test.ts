import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DETECTION_RULES } from '../../../../infra/datadog/rules.ts';
import type { RedactRules } from '../../../../lambda/shared/redact-path.ts';
import { matches } from '../../../../tools/datadog/interpreter/query/match.ts';
import { processedLogs } from '../../../../tools/preview/data/preview-logs.ts';
import { auditRecord } from '../../../support/core-records.ts';
import { NOW } from '../../../support/outside-world.ts';

/** An administrator who chooses the own name and those of what they change, and what the rules still see of it. */

const QUERIES = Object.entries(DETECTION_RULES).flatMap(([id, { queries }]) =>
  queries.map(({ query }) => [id, query] as const),
);

interface Change {
  actor: string;
  action: string;
  details: string;
}

/** The rules that a log counts for. */
function rulesFor(change: Change, redact?: RedactRules): string[] {
  const record = auditRecord({ ...change, success: true, ipAddress: '203.0.113.7' });
  const [log] = processedLogs([{ stream: 'audit-logs', record }], NOW, NOW, {}, redact);
  return QUERIES.flatMap(([id, query]) => (log && matches(query, log) ? id : []));
}

const HASHED: RedactRules = { remove: [], hash: ['actor'] };
const REMOVED: RedactRules = { remove: ['actor'], hash: [] };

const created = (user: string, role: string) =>
  `Created user ${user} with role "${role}" with access to Duo "Main"`;
const updated = (user: string, role: string) =>
  `Updated user ${user} to role "${role}" with access to Duo "Main"`;

describe('administrator added, while the name of the actor is redacted', () => {
  it.each([
    ['an actor like a word of the sentence', 'role', 'bob with role "Viewer" with access to all', 'Admin'],
    ['an actor like the role, after an open quote', 'Admin', 'bob with role "x', 'Admin'],
    ['a role with a colon', 'Admin', 'bob', 'Admin: EMEA'],
    ['a role with an apostrophe', 'Admin', 'bob', "Customer's Admin"],
    ['a role of five words', 'Admin', 'bob', 'Admin of all the tenants'],
    [
      'more addresses of the actor than are replaced one by one',
      'a@b.co',
      `bob with role "Viewer" with access to ${'a@b.co '.repeat(1001)}`,
      'Admin',
    ],
    ['the same after an open quote', 'a@b.co', `bob with role "${'a@b.co '.repeat(1001)}`, 'Admin'],
  ])('counts %s', (_, actor, user, role) => {
    for (const [action, sentence] of [
      ['User created', created],
      ['User access updated', updated],
    ] as const) {
      const change = { actor, action, details: sentence(user, role) };
      for (const redact of [HASHED, REMOVED]) {
        expect(rulesFor(change, redact)).toContain('admin-granted');
        expect(rulesFor(change, redact)).toEqual(rulesFor(change));
      }
    }
  });

  it.each([
    ['Viewer', 'bob', 'Viewer'],
    ['bob@example.com', 'bob@example.com', 'Viewer'],
    ['Main', 'bob', 'Read only'],
  ])('counts no ordinary role: %s creates %s with role %s', (actor, user, role) => {
    const change = { actor, action: 'User created', details: created(user, role) };

    expect(rulesFor(change, HASHED)).toEqual(rulesFor(change));
    expect(rulesFor(change)).not.toContain('admin-granted');
  });
});

const ACTORS = [
  ...[
    'role',
    'with',
    'to',
    'Admin',
    'user',
    'access',
    'with access to',
    'connector',
    'named',
    'from',
    'Datadog',
  ],
  ...[
    'Microsoft Sentinel',
    'Disabled',
    'policy',
    'a policy on',
    'Policy name',
    'via method',
    'data file',
    '"',
  ],
  ...['kind', 'SIEM', 'API Key', 'all', 'Viewer', 'x', 'a@b.co'],
];

const NAMES = [
  ...['x', 'x with role "y', 'x to role "y', 'x with role "Viewer" with access to y', '" via method "y'],
  ...[
    'x to role "Viewer" with access to all and permission sets y',
    'x connector from "a" to "b',
    '" for "y',
  ],
  ...['" connector named "y', 'x" of kind "y" to a Z connector named "q', 'a@b.co '.repeat(1001)],
  'x. Policy name: "y". Platform: "Z". Instance(s): "q',
];

const ROLES = ['Admin', 'Viewer', 'Admin: EMEA', "Customer's Admin", 'Admin of all the tenants'];

const CHANGES: readonly [action: string, details: (name: string, role: string) => string][] = [
  ['User created', created],
  ['User access updated', updated],
  ['Connector deleted', (name) => `Deleted Datadog connector named "${name}"`],
  ['Connector deleted', (name) => `Deleted Microsoft Sentinel connector named "${name}" via method "API"`],
  ['Connector renamed', (name) => `Renamed Datadog connector from "${name}" to "b"`],
  [
    'Policy disabled',
    (name) => `Disabled a policy on Data. Policy name: "${name}". Platform: "Okta". Instance(s): "Main"`,
  ],
  ['API Key created', (name) => `Created API Key "${name}" for "y"`],
  [
    'Upload data to connector',
    (name) => `Uploaded data file "${name}" of kind "Users" to a Custom connector named "HR"`,
  ],
];

it('no name of an actor, with any name of what they change, takes a log from a rule', () => {
  const name = fc
    .tuple(fc.constantFrom(...NAMES), fc.constantFrom('', ...NAMES))
    .map(([first, second]) => first + second);
  fc.assert(
    fc.property(
      fc.constantFrom(...CHANGES),
      fc.constantFrom(...ACTORS),
      name,
      fc.constantFrom(...ROLES),
      fc.constantFrom(HASHED, REMOVED),
      ([action, details], actor, chosen, role, redact) => {
        const change = { actor, action, details: details(chosen, role) };
        expect(rulesFor(change, redact)).toEqual(expect.arrayContaining(rulesFor(change)));
      },
    ),
    { numRuns: 1500 },
  );
});
