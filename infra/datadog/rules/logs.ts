import type { ChangedPart } from '../../../lambda/contract.ts';
import { LOG_SOURCE, OWN_ATTRIBUTE } from '../../../lambda/contract.ts';
import { FACTS } from '../facts.ts';

/** The logs that rules evaluate, and the attributes that identify an actor. */

/** Without the records of a backfill or the first run: they are old, and arrive all at once. */
const LIVE = `source:${LOG_SOURCE} -backfill:true`;

/**
 * For rules that depend on when things happened: a re-dated log has the date of its arrival. Rules that count include
 * such logs; otherwise they would miss everything that happened during an outage.
 */
const DATED_BY_RECORD = `-@${OWN_ATTRIBUTE}.redated:true`;

const UPDATED = `@${OWN_ATTRIBUTE}.update:true`;
const CHANGED = `@${OWN_ATTRIBUTE}.changed`;

/**
 * Without alerts that are forwarded again only because their status changed: a person who closes many alerts would raise many
 * signals. Where the log does not say what changed, it may be just that.
 */
const NEW_OR_CHANGED = `(-${UPDATED} OR ${CHANGED}:(severity OR events OR other))`;

const ALERTS = `${LIVE} service:alerts`;

const AUDIT_LOGS = `${LIVE} service:audit-logs`;

/** A person or an app, of which Valence may know no more than one of e-mail address, name and id. */
export const ACTOR = FACTS.actor;

/** The actor of an audit log; an address, or a service that has none. */
export const AUDIT_ACTOR = '@usr.name';

/** A person, on every platform and in Valence. Names are no proof across platforms: two may each have an *admin*. */
export const PERSON = FACTS.actorEmail;

/** Logs, and what to count of them: never the logs themselves, because a log may arrive twice. */
export interface Counted {
  query: string;
  /** The attribute whose different values are counted. */
  distinct: string;
}

/** Identifies a record: a log that is sent twice has the same one. */
const FINGERPRINT = `@${OWN_ATTRIBUTE}.fingerprint`;

export const ALERT_ID = '@alert.vuid';

const counting = (scope: string, query: string, distinct: string): Counted => ({
  query: `${scope} ${query}`.trim(),
  distinct,
});

/** Alerts that a search finds; put a search with OR in parentheses. */
export const alerts = (query: string, distinct = ALERT_ID) =>
  counting(`${ALERTS} ${NEW_OR_CHANGED}`, query, distinct);

/** Alerts that are forwarded again because a part of them changed. */
export const updatedAlerts = (part: ChangedPart, query: string) =>
  counting(`${ALERTS} ${UPDATED} ${CHANGED}:${part}`, query, ALERT_ID);

/** Audit logs that a search finds; put a search with OR in parentheses. */
export const auditLogs = (query: string, distinct = FINGERPRINT) => counting(AUDIT_LOGS, query, distinct);

/** Alerts and audit logs that either search finds. */
export const alertsAndAuditLogs = (ofAlerts: string, ofAuditLogs: string) =>
  counting(
    `${LIVE} ${NEW_OR_CHANGED}`,
    `((service:alerts ${ofAlerts}) OR (service:audit-logs ${ofAuditLogs}))`,
    FINGERPRINT,
  );

/** The given logs without re-dated ones. */
export const datedByRecord = ({ query, distinct }: Counted): Counted =>
  counting(query, DATED_BY_RECORD, distinct);

/** Alerts of the two upper severities. */
export const SEVERE = '@alert_type_details.severity:(Critical OR High)';

/** Alerts on techniques that give an account more rights: Account Manipulation, Policy Modification, Elevation Control. */
export const PRIVILEGE = '@alert_type_details.mitreAttackTechniques:(T1098* OR T1484* OR T1548*)';

export const SIGN_IN = '@evt.name:"User signed in"';
export const SUCCEEDED = '@evt.outcome:true';
export const FAILED = '@evt.outcome:false';
