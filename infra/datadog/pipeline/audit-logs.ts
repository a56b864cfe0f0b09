import { LOG_SOURCE, OWN_ATTRIBUTE } from '../../../lambda/contract.ts';
import { PRIMARY_EVENT } from '../facts.ts';
import {
  branch,
  categorise,
  copyText,
  LOCATE_CLIENT,
  messageFrom,
  move,
  moveFirst,
  parse,
  remove,
  statusFrom,
} from './processors.ts';
import { PARSE_SENTENCE } from './sentences.ts';
import { dateByRecord } from './times.ts';

const STATUS = `${OWN_ATTRIBUTE}.status`;

const anyOf = (names: readonly string[]) => `@evt.name:(${names.map((name) => `"${name}"`).join(' OR ')})`;

/** The known actions by category; an action that is not known gets none. */
const CATEGORIES = {
  authentication: anyOf(['User signed in']),
  iam: anyOf(['User created', 'User deleted', 'User access updated', 'API Key created']),
  configuration: anyOf([
    'Policy created or updated',
    'Policy disabled',
    'Connector created',
    'Connector deleted',
    'Connector renamed',
    'Authenticate connector',
  ]),
  file: anyOf(['Upload data to connector']),
} as const;

/**
 * The actor is an e-mail address, which the hosted pipeline moves to the user's name. If that pipeline ran before, only
 * the name is left. An actor that is not an address, such as a service, has no e-mail.
 */
const EMAIL_OF_USER = parse('usr.name', { email: '%{regex("[^ @]+@[^ @]+"):usr.email}' }, [
  'ann@example.com',
]);

const FINGERPRINT = `${OWN_ATTRIBUTE}.fingerprint`;

/** Texts of the record, until those that are not empty are copied. */
const RECORD = `${OWN_ATTRIBUTE}.record`;

/** Where the texts of a record go. */
const STANDARD_ATTRIBUTES = {
  actor: 'usr.name',
  action: 'evt.name',
  ipAddress: 'network.client.ip',
} as const;

export const AUDIT_LOGS = branch('Audit logs', `source:${LOG_SOURCE} service:audit-logs`, [
  ...dateByRecord('timeEpoch'),
  // Only a text builder leaves out empty texts. The hosted pipeline may have moved them already.
  ...Object.entries(STANDARD_ATTRIBUTES).flatMap(([field, attribute]) => [
    moveFirst([attribute, field], `${RECORD}.${field}`),
    copyText(`${RECORD}.${field}`, attribute),
  ]),
  move('success', 'evt.outcome'),
  EMAIL_OF_USER,
  categorise(STATUS, { ok: '@evt.outcome:true', error: '@evt.outcome:false' }),
  statusFrom(STATUS),
  categorise('evt.category', CATEGORIES),
  LOCATE_CLIENT,
  messageFrom('details'),
  PARSE_SENTENCE,
]);

/** An audit log has its facts where an alert has those of its primary event, so that one search finds both. */
export const AUDIT_FACTS = branch(
  'Audit logs: facts',
  `source:${LOG_SOURCE} service:audit-logs @${FINGERPRINT}:*`,
  [
    remove(RECORD, FINGERPRINT),
    copyText('usr.name', `${PRIMARY_EVENT}.actor.name`),
    copyText('usr.email', `${PRIMARY_EVENT}.actor.email`),
    copyText('evt.name', `${PRIMARY_EVENT}.action`),
    copyText('network.client.ip', `${PRIMARY_EVENT}.ip`),
  ],
);
