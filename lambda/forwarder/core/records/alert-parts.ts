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

/** The severity that an alert or its type states; it may be of any JSON type. */
export const statedSeverity = (fields: JsonObject | undefined): unknown =>
  fields?.['severity'] || fields?.['defaultSeverity'];

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
  const severity = statedSeverity(content) || statedSeverity(alertType);
  return {
    status: canonicalJson(content['status']),
    severity: severity ? canonicalJson(severity).toLowerCase() : undefined,
    events: content['events'] === alert['events'] ? form.events : canonicalJson(content['events']),
  };
}
