import { OWN_ATTRIBUTE } from '../../lambda/contract.ts';

/**
 * Where the facts of a log are that rules and boards read. The pipeline of Datadog's hosted integration may run after ours,
 * and then writes the values of all events of an alert into the standard attributes, joined by commas: `usr.id` is "a,b". It leaves
 * these here as they are.
 */

/** The forwarder fills it for alerts, the pipeline for audit logs. */
export const PRIMARY_EVENT = `${OWN_ATTRIBUTE}.primary_event`;

const fact = (name: string) => `@${PRIMARY_EVENT}.${name}` as const;

/** Facts of alerts and audit logs, as searches and widgets name them. */
export const FACTS = {
  /** One value for one actor: the e-mail address, else the name, else the id. It is in every log of which an actor is known. */
  actor: `@${OWN_ATTRIBUTE}.actor`,
  actorEmail: fact('actor.email'),
  action: fact('action'),
  ip: fact('ip'),
  country: fact('geoip.country.name'),
  countryCode: fact('geoip.country.iso_code'),
} as const;

/** Facts of alerts alone. */
export const ALERT_FACTS = {
  actorType: fact('actor_type'),
  actionType: fact('action_type'),
  outcome: fact('outcome'),
  platform: fact('platform'),
  userAgent: fact('user_agent'),
  /** In Valence's words, of which a public list is missing. */
  status: '@alert.status',
  /** Never empty, also where the type of the alert is not known. */
  title: `@${OWN_ATTRIBUTE}.title`,
} as const;

export const OPEN = `${ALERT_FACTS.status}:Open`;

/** An alert with any other status still needs work, such as one that is `In Progress`; or the status is not known here. */
export const CLOSED = `${ALERT_FACTS.status}:(Resolved OR Dismissed OR Closed)`;

/** Facets of which one log may have several values: those of all events of an alert, and the ATT&CK techniques of its type. */
const LISTED = /^@(alert\.events|alert_type_details\.mitre)/;

/**
 * A search for logs whose attribute is not an empty text, as many are in Valence's alerts. Of a list one value must not be empty: an
 * exclusion would also leave out an alert with the targets `Budget` and an empty text. Only lists are searched by a wildcard, because
 * a flag or a number may not match one.
 */
export const notEmpty = (facet: string): string => (LISTED.test(facet) ? `${facet}:?*` : `-${facet}:""`);

/** A search for logs without an attribute, or with an empty text; those that {@link notEmpty} leaves out of groups. */
export const missing = (facet: string): string =>
  LISTED.test(facet) ? `-${facet}:?*` : `(-${facet}:* OR ${facet}:"")`;
