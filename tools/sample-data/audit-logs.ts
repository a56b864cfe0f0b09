import type { Range } from '../../lambda/forwarder/core/ports.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import {
  CONNECTOR_NAMES,
  ipAddress,
  PERMISSION_SETS,
  PLATFORMS,
  POLICY_NAMES,
  POLICY_TOPICS,
  person,
  ROLES,
} from './organisation.ts';
import type { Random } from './random.ts';

/** What a user may see: everything, or some connectors of some platforms. */
function access(random: Random): string {
  if (random.chance(0.4)) return 'all platforms';
  const part = () => `${random.pick(PLATFORMS)} "${random.pick(CONNECTOR_NAMES)}"`;
  return random.chance(0.5) ? part() : `${part()}, ${part()}`;
}

const rights = (random: Random) =>
  `with access to ${access(random)} and permission sets ${random.pick(PERMISSION_SETS)}`;

const policy = (random: Random) =>
  `a policy on ${random.pick(POLICY_TOPICS)}. Policy name: "${random.pick(POLICY_NAMES)}". ` +
  `Platform: "${random.pick(PLATFORMS)}". Instance(s): "${random.pick(CONNECTOR_NAMES)}"`;

const connector = (random: Random) => `${random.pick(PLATFORMS)} connector`;
const quoted = (random: Random) => `"${random.pick(CONNECTOR_NAMES)} ${random.whole(1, 9)}"`;

type Sentence = (random: Random) => string;

/**
 * Every known kind of audit record, by action, with the sentences of the product, and an unknown one.
 * Source of actions and sentences: the pipeline of Datadog's own integration of the product.
 */
const KINDS: [action: string, sentence: Sentence][] = [
  ['User signed in', (random) => `User ${person(random).email} signed in`],
  [
    'User created',
    (random) => `Created user ${person(random).email} with role "${random.pick(ROLES)}" ${rights(random)}`,
  ],
  [
    'User deleted',
    (random) => `Deleted user ${person(random).email} with role "${random.pick(ROLES)}" ${rights(random)}`,
  ],
  [
    'User access updated',
    (random) => `Updated user ${person(random).email} to role "${random.pick(ROLES)}" ${rights(random)}`,
  ],
  ['Policy created or updated', (random) => `Created ${policy(random)}`],
  ['Policy created or updated', (random) => `Updated ${policy(random)}`],
  ['Policy disabled', (random) => `Disabled ${policy(random)}`],
  ['Connector created', (random) => `Created ${connector(random)} named ${quoted(random)}`],
  ['Connector deleted', (random) => `Deleted ${connector(random)} named ${quoted(random)}`],
  [
    'Connector renamed',
    (random) => `Renamed ${connector(random)} from ${quoted(random)} to ${quoted(random)}`,
  ],
  [
    'Authenticate connector',
    (random) =>
      `Authenticated ${connector(random)} named ${quoted(random)} via method "${random.pick(['OAuth', 'API Key'])}"`,
  ],
  [
    'Upload data to connector',
    (random) =>
      `Uploaded data file "users-${random.whole(1, 99)}.csv" of kind "Users" to a ${connector(random)} named ${quoted(random)}`,
  ],
  [
    'API Key created',
    (random) => `Created API Key "integration-${random.whole(1, 99)}" for "${person(random).email}"`,
  ],
  ['Report exported', (random) => `Exported report "${random.pick(POLICY_NAMES)}" as PDF`],
];

const [SIGNED_IN] = KINDS;

/** Sign-ins make up half of the records; every other kind comes up in turn, so that none is missing. */
function toRecord(random: Random, index: number, time: number): JsonObject {
  const turn = KINDS[index % KINDS.length];
  const [action, sentence] = (random.chance(0.5) && index >= KINDS.length ? SIGNED_IN : turn) as [
    string,
    Sentence,
  ];
  return {
    actor: person(random).email,
    action,
    success: !random.chance(0.06),
    ipAddress: ipAddress(random),
    details: sentence(random),
    timeEpoch: time,
  };
}

const REPEATED_SHARE = 0.02;

/**
 * Audit records of realistic shape. Some come two to four times in the same second, alike in every field: the product
 * gives them no identity, so each copy counts.
 * @param range when they were written
 */
export function sampleAuditLogs(random: Random, count: number, range: Range): JsonObject[] {
  const records: JsonObject[] = [];
  while (records.length < count) {
    const record = toRecord(random, records.length, random.whole(range.from, range.to - 1));
    const copies = random.chance(REPEATED_SHARE) ? random.whole(2, 4) : 1;
    for (let copy = 0; copy < copies && records.length < count; copy++) records.push({ ...record });
  }
  return records;
}
