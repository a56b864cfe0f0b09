import type { Stream } from '../../../contract.ts';
import { withFieldsForCodeSpans } from '../../../shared/code-span.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { severityOf } from '../records/alert-parts.ts';

/**
 * What messages of Datadog's detection rules show of records, by themselves or in parts: the pipeline takes the names of users
 * and connectors from `details`. The facts of an alert's primary event are of the forwarder's own making, see primary-event.ts.
 */
const SHOWN: Readonly<Record<Stream, readonly string[]>> = {
  alerts: ['vuid', 'connectorUids'],
  'audit-logs': ['actor', 'action', 'ipAddress', 'details'],
};

const SHOWN_OF_TYPE = ['name', 'description', 'platform'];

/** Types as messages can show them, by the types: many alerts share one, so that its text is made once. */
const shownTypes = new WeakMap<JsonObject, JsonObject>();

function textsOfType(type: JsonObject): JsonObject {
  const shown = shownTypes.get(type) ?? withFieldsForCodeSpans(type, SHOWN_OF_TYPE);
  shownTypes.set(type, shown);
  return shown;
}

/** The record with the texts that messages show as they can show them; the record itself if these are such texts. */
export const shownRecord = (stream: Stream, record: JsonObject): JsonObject =>
  withFieldsForCodeSpans(record, SHOWN[stream]);

/**
 * The same for the type of an alert, with the severity of the alert: the hosted integration looks for it there, so all that go by a
 * severity find one and the same.
 * @param type undefined if it is not known
 */
export function shownType(type: JsonObject | undefined, alert: JsonObject): JsonObject | undefined {
  const shown = type && textsOfType(type);
  const severity = severityOf(alert, type);
  const isStated = typeof severity === 'string' && severity !== '';
  return isStated && severity !== type?.['severity'] ? { ...shown, severity } : shown;
}
