import type { Stream } from '../../../contract.ts';
import { withFieldsForCodeSpans } from '../../../shared/code-span.ts';
import type { JsonObject } from '../../../shared/json.ts';

/**
 * What messages of Datadog's detection rules show of records, by themselves or in parts: the pipeline takes the names of users
 * and connectors from `details`. The facts of an alert's primary event are of the forwarder's own making, see primary-event.ts.
 */
const SHOWN: Readonly<Record<Stream, readonly string[]>> = {
  alerts: ['vuid', 'connectorUids'],
  'audit-logs': ['actor', 'action', 'ipAddress', 'details'],
};

const SHOWN_OF_TYPE = ['name', 'description', 'platform'];

/** The record with the texts that messages show as they can show them; the record itself if these are such texts. */
export const shownRecord = (stream: Stream, record: JsonObject): JsonObject =>
  withFieldsForCodeSpans(record, SHOWN[stream]);

/** The same for the type of an alert. */
export const shownType = (type: JsonObject): JsonObject => withFieldsForCodeSpans(type, SHOWN_OF_TYPE);
