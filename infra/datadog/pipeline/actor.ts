import { LOG_SOURCE, OWN_ATTRIBUTE } from '../../../lambda/contract.ts';
import { PRIMARY_EVENT } from '../facts.ts';
import { branch, copyText, parse, remove } from './processors.ts';

const FINGERPRINT = `${OWN_ATTRIBUTE}.fingerprint`;

/** Until it is copied: only a text builder replaces a value for certain. */
const LOWER_CASE = `${OWN_ATTRIBUTE}.lower_case_email`;

/**
 * Gives each actor one value that tables group by. The last one that is known wins, so that a person has the same in alerts and
 * audit logs, which share only the e-mail address, and an actor without one still has a row. The address is in lower case, because
 * platforms write it as each person typed it.
 */
export const NAME_ACTOR = branch('Actor: one value', `source:${LOG_SOURCE} @${FINGERPRINT}:*`, [
  parse(`${PRIMARY_EVENT}.actor.email`, { email: `%{data:${LOWER_CASE}:lowercase}` }, ['Ann@Example.com']),
  ...[`${PRIMARY_EVENT}.actor.id`, `${PRIMARY_EVENT}.actor.name`, LOWER_CASE].map((value) =>
    copyText(value, `${OWN_ATTRIBUTE}.actor`),
  ),
  remove(LOWER_CASE, FINGERPRINT),
]);
