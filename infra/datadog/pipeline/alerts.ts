import { LOG_SOURCE, OWN_ATTRIBUTE } from '../../../lambda/contract.ts';
import { HOUR_SECONDS, OLDEST_DATED_SECONDS } from '../../../lambda/limits.ts';
import { PRIMARY_EVENT } from '../facts.ts';
import {
  branch,
  categorise,
  copyText,
  LOCATE_CLIENT,
  messageFrom,
  PARSE_USER_AGENT,
  remove,
  statusFrom,
  translate,
} from './processors.ts';
import { dateByRecord } from './times.ts';

/** For the titles of signals. */
const TITLE = `${OWN_ATTRIBUTE}.title`;

const STATUS = `${OWN_ATTRIBUTE}.status`;

/** Without this mapping Datadog turns High, Medium and Low all into `info`, because it reads only the first letters. */
const STATUS_BY_SEVERITY = {
  Critical: 'alert',
  High: 'critical',
  Medium: 'warning',
  Low: 'info',
} as const;

/**
 * Datadog's standard attributes by the field of the primary event that they are taken from. As text, because the hosted
 * pipeline writes text too, so that it does not matter which of the two runs last.
 */
const STANDARD_ATTRIBUTES = {
  'actor.id': 'usr.id',
  'actor.name': 'usr.name',
  'actor.email': 'usr.email',
  action: 'evt.name',
  outcome: 'evt.outcome',
  ip: 'network.client.ip',
  user_agent: 'http.useragent',
} as const;

const DATED_HOURS = OLDEST_DATED_SECONDS / HOUR_SECONDS;

/**
 * Whether an alert was old when it was forwarded. A pipeline cannot read the current time, so it cannot calculate the
 * age; but the forwarder re-dates alerts that are older than {@link OLDEST_DATED_SECONDS}.
 */
const AGE = {
  unknown: `@${OWN_ATTRIBUTE}.timestamp_invalid:true`,
  [`over ${DATED_HOURS} hours`]: `@${OWN_ATTRIBUTE}.redated:true`,
  [`under ${DATED_HOURS} hours`]: `@${OWN_ATTRIBUTE}.occurred_at:*`,
} as const;

/**
 * For an alert with several events the hosted pipeline joins their values: "a,b". These are removed first, because an
 * attribute that the primary event lacks must not come from another event.
 */
export const FORGET_JOINED_EVENTS = branch(
  'Alerts: make room for the primary event',
  `source:${LOG_SOURCE} service:alerts @${OWN_ATTRIBUTE}.fingerprint:*`,
  ['usr', 'evt', 'network', 'http'].map((attribute) => remove(attribute, `${OWN_ATTRIBUTE}.fingerprint`)),
);

export const ALERTS = branch('Alerts', `source:${LOG_SOURCE} service:alerts`, [
  ...dateByRecord('alert.creationTimestamp'),
  translate('alert_type_details.severity', STATUS, STATUS_BY_SEVERITY),
  statusFrom(STATUS),
  messageFrom('alert.summaryLine'),
  ...Object.entries(STANDARD_ATTRIBUTES).map(([fact, attribute]) =>
    copyText(`${PRIMARY_EVENT}.${fact}`, attribute),
  ),
  LOCATE_CLIENT,
  PARSE_USER_AGENT,
  categorise(TITLE, { 'alert of unknown type': 'service:alerts' }),
  copyText('alert_type_details.name', TITLE),
  categorise('evt.category', { threat: 'service:alerts' }),
  categorise(`${OWN_ATTRIBUTE}.age`, AGE),
]);
