import { ALERT_SEVERITIES } from '../../../contract.ts';
import type { JsonObject } from '../../../shared/json.ts';
import type { IdentityRules } from '../state-ports.ts';
import { type Canonical, canonicalJson } from './canonical-json.ts';
import { contentOf } from './identity.ts';

/** The parts of an alert that are compared with those last forwarded, each as a text. */
export interface AlertParts {
  status: string;
  /** In lower case; undefined when it is not known. */
  severity: string | undefined;
  events: string;
}

/** One of Valence's words, whatever case the source uses. */
const known = (stated: unknown) =>
  typeof stated === 'string'
    ? ALERT_SEVERITIES.find((word) => word.toLowerCase() === stated.toLowerCase())
    : undefined;

/**
 * The severity of an alert: its own if that is one of Valence's words, or else that of its type. Alerts are filtered and updates
 * compared by it, and the log has it where the hosted integration, boards and rules read it.
 * @returns one of these words, or what the type states instead; falsy when there is none
 */
export function severityOf(alert: JsonObject, alertType: JsonObject | undefined): unknown {
  const ofType = alertType?.['severity'] || alertType?.['defaultSeverity'];
  return known(alert['severity']) ?? known(ofType) ?? ofType;
}

/**
 * The parts of an alert, without what does not count as content.
 * @param form canonical form of the alert
 * @param alertType gives the severity, unless the alert has one of its own
 */
export function alertParts(
  alert: JsonObject,
  form: Canonical,
  alertType: JsonObject | undefined,
  rules: IdentityRules,
): AlertParts {
  const content = contentOf(alert, rules) as JsonObject;
  const severity = severityOf(content, alertType);
  return {
    status: canonicalJson(content['status']),
    severity: severity ? canonicalJson(severity).toLowerCase() : undefined,
    events: content['events'] === alert['events'] ? form.events : canonicalJson(content['events']),
  };
}
