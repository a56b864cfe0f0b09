import { LOG_SOURCE, OWN_ATTRIBUTE } from '../../../lambda/contract.ts';

/** The logs that rules look at, and how those of one actor are found. */

/** Not what a backfill or the first run brings: it is old news, and all of it at once. */
const LIVE = `source:${LOG_SOURCE} -backfill:true`;

/**
 * For what depends on when things happened: a re-dated log has the date of its arrival. Rules that count keep them, or
 * an outage would blind them to all that happened in it.
 */
const DATED_BY_RECORD = `-@${OWN_ATTRIBUTE}.redated:true`;

/** An alert that is forwarded again because it changed is no new one. */
const NEW_ALERTS = `${LIVE} service:alerts -@${OWN_ATTRIBUTE}.update:true`;

const AUDIT_LOGS = `${LIVE} service:audit-logs`;

/** The actor of an alert: the platform's own id of a person or an app. */
export const ALERT_ACTOR = '@usr.id';

/** The actor of an audit log; an address, or a service that has none. */
export const AUDIT_ACTOR = '@usr.name';

/** A person, on every platform and in Valence. */
export const PERSON = '@usr.email';

/** Logs, and what to count of them: never the logs themselves, because one may come twice. */
export interface Counted {
  query: string;
  /** The attribute whose different values are counted. */
  distinct: string;
}

/** Every log has one of its own; the same log sent twice has the same. */
const FINGERPRINT = `@${OWN_ATTRIBUTE}.fingerprint`;

const ALERT_ID = '@alert.vuid';

const counting = (scope: string, query: string, distinct: string): Counted => ({
  query: `${scope} ${query}`.trim(),
  distinct,
});

/** Alerts that a search finds; put a search with OR in parentheses. */
export const alerts = (query: string, distinct = ALERT_ID) => counting(NEW_ALERTS, query, distinct);

/** Audit logs that a search finds; put a search with OR in parentheses. */
export const auditLogs = (query: string, distinct = FINGERPRINT) => counting(AUDIT_LOGS, query, distinct);

/** Alerts and audit logs that either search finds. */
export const alertsAndAuditLogs = (ofAlerts: string, ofAuditLogs: string) =>
  counting(
    `${LIVE} -@${OWN_ATTRIBUTE}.update:true`,
    `((service:alerts ${ofAlerts}) OR (service:audit-logs ${ofAuditLogs}))`,
    FINGERPRINT,
  );

/** Those of them whose date is when it happened. */
export const datedByRecord = ({ query, distinct }: Counted): Counted =>
  counting(query, DATED_BY_RECORD, distinct);

/** Alerts of the two upper severities. */
export const SEVERE = '@alert_type_details.severity:(Critical OR High)';

/** Alerts on techniques that give an account more rights: Account Manipulation, Policy Modification, Elevation Control. */
export const PRIVILEGE = '@alert_type_details.mitreAttackTechniques:(T1098* OR T1484* OR T1548*)';

export const SIGN_IN = '@evt.name:"User signed in"';
export const SUCCEEDED = '@evt.outcome:true';
export const FAILED = '@evt.outcome:false';
