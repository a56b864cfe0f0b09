import { LOG_SOURCE, OWN_ATTRIBUTE } from '../../../lambda/contract.ts';
import { PRIMARY_EVENT } from '../facts.ts';
import { branch, copyText } from './processors.ts';

/**
 * Gives each actor one value that tables group by. The last one that is known wins, so that a person has the same in alerts and
 * audit logs, which share only the e-mail address, and an actor without one still has a row.
 */
export const NAME_ACTOR = branch(
  'Actor: one value',
  `source:${LOG_SOURCE} @${OWN_ATTRIBUTE}.fingerprint:*`,
  ['id', 'name', 'email'].map((field) =>
    copyText(`${PRIMARY_EVENT}.actor.${field}`, `${OWN_ATTRIBUTE}.actor`),
  ),
);
