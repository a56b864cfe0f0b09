import { LOG_SOURCE, OWN_ATTRIBUTE } from '../../../lambda/contract.ts';
import { branch, categorise, LOCATE_CLIENT, messageFrom, move, parse, statusFrom } from './processors.ts';
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

export const AUDIT_LOGS = branch('Audit logs', `source:${LOG_SOURCE} service:audit-logs`, [
  ...dateByRecord('timeEpoch'),
  move('actor', 'usr.name'),
  move('action', 'evt.name'),
  move('success', 'evt.outcome'),
  move('ipAddress', 'network.client.ip'),
  EMAIL_OF_USER,
  categorise(STATUS, { ok: '@evt.outcome:true', error: '@evt.outcome:false' }),
  statusFrom(STATUS),
  categorise('evt.category', CATEGORIES),
  LOCATE_CLIENT,
  messageFrom('details'),
  PARSE_SENTENCE,
]);
