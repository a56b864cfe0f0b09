import { isLosslessNumber } from 'lossless-json';
import { isObject, type JsonObject } from '../../../shared/json.ts';
import { type Canonical, canonicalJson } from '../records/canonical-json.ts';
import { primaryEventIndex } from '../records/primary-event.ts';
import type { ForwarderBlock, Log } from './types.ts';

/**
 * What Datadog keeps of a log's shape; beyond, it cuts silently after a 202. Counted cautiously: every key of every
 * object, also inside arrays, and arrays as levels. Source: Datadog documentation, "Log collection: custom log
 * attributes" (256 attributes, keys of 50 characters, 10 levels recommended).
 */
const MAX_ATTRIBUTES = 250;
const MAX_LEVELS = 10;
const MAX_KEY_CHARACTERS = 49;

/**
 * The fields of records and alert types that Datadog's pipeline and dashboards use. When a log is too large, all other
 * fields become text first.
 */
const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  // alerts
  'vuid',
  'alertTypeVuid',
  'connectorUids',
  'creationTimestamp',
  'status',
  'summaryLine',
  'events',
  // alert types
  'name',
  'description',
  'severity',
  'defaultSeverity',
  'platform',
  'sourceKind',
  'disabled',
  'mitreAttackTactics',
  'mitreAttackTechniques',
  // audit records
  'actor',
  'action',
  'success',
  'ipAddress',
  'details',
  'timeEpoch',
]);

interface Shape {
  fits: boolean;
  /** Contains numbers that a double cannot represent, so JSON.stringify would change them. */
  exactNumbers: boolean;
}

/** Measures without recursion, so that hostile nesting cannot overflow the stack. */
export function shapeOf(log: unknown): Shape {
  let attributes = 0;
  let fits = true;
  let exactNumbers = false;
  const open: { value: unknown; level: number }[] = [{ value: log, level: 0 }];
  for (let item = open.pop(); item; item = open.pop()) {
    const { value, level } = item;
    if (value === null || typeof value !== 'object') continue;
    if (isLosslessNumber(value)) {
      exactNumbers = true;
      continue;
    }
    if (level >= MAX_LEVELS) fits = false;
    if (Array.isArray(value)) {
      for (const inner of value) open.push({ value: inner, level: level + 1 });
      continue;
    }
    for (const key of Object.keys(value)) {
      attributes++;
      if (key.length > MAX_KEY_CHARACTERS) fits = false;
      open.push({ value: (value as JsonObject)[key], level: level + 1 });
    }
  }
  return { fits: fits && attributes <= MAX_ATTRIBUTES, exactNumbers };
}

/** Maximum number of attributes that a log adds to an alert and its type, at the root and in `valence_forwarder`. */
const OWN_ATTRIBUTES = 32;

/** Whether the measures of an alert and its type prove that both fit into a log unchanged. */
export function fitsBesides(alert: Canonical, alertType: Canonical | undefined): boolean {
  const parts = alertType ? [alert, alertType] : [alert];
  return (
    parts.reduce((sum, { attributes }) => sum + attributes, OWN_ATTRIBUTES) <= MAX_ATTRIBUTES &&
    // The log itself is a level, and so is the part.
    parts.every(({ levels, longestKey }) => levels + 2 <= MAX_LEVELS && longestKey <= MAX_KEY_CHARACTERS)
  );
}

const isContainer = (value: unknown): value is object =>
  value !== null && typeof value === 'object' && !isLosslessNumber(value);

const marked = (log: Log, mark: Partial<ForwarderBlock>): Log => ({
  ...log,
  valence_forwarder: { ...log.valence_forwarder, ...mark },
});

const addExtra = (log: Log, extra: JsonObject): Log => {
  const present = log.valence_forwarder.extra;
  return marked(log, { extra: { ...(isObject(present) && present), ...extra } });
};

const hasAuxMap = (event: unknown): event is JsonObject => isObject(event) && isContainer(event['aux']);

/** The `aux` map of each event as one JSON text. */
function auxAsText(log: Log): Log {
  const events = log.alert?.['events'];
  if (!Array.isArray(events) || !events.some(hasAuxMap)) return log;
  const flat = events.map((event) =>
    hasAuxMap(event) ? { ...event, aux: canonicalJson(event['aux']) } : event,
  );
  return marked({ ...log, alert: { ...log.alert, events: flat } }, { aux_as_text: true });
}

/** The events beyond the primary one as one JSON text in `valence_forwarder.extra.events`. */
function otherEventsAsText(log: Log): Log {
  const events = log.alert?.['events'];
  if (!log.alert || !Array.isArray(events)) return log;
  const primary = primaryEventIndex(log.alert) ?? 0;
  const others = events.filter((_, index) => index !== primary);
  if (others.length === 0) return log;
  const kept = { ...log, alert: { ...log.alert, events: events.slice(primary, primary + 1) } };
  return addExtra(kept, { events: canonicalJson(others) });
}

/** Turns nested values of the record's own fields into one JSON text each; `spared` fields stay as they are. */
function nestedAsText(log: Log, spared?: ReadonlySet<string>): Log {
  const asText = (fields: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [
        key,
        isContainer(value) && !spared?.has(key) ? canonicalJson(value) : value,
      ]),
    );
  const { ddsource, service, ddtags, message, alert, alert_type_details, valence_forwarder, ...fields } = log;
  const extra = valence_forwarder.extra;
  return {
    ...log,
    ...asText(fields),
    ...(alert && { alert: asText(alert) }),
    ...(alert_type_details && { alert_type_details: asText(alert_type_details) }),
    valence_forwarder: { ...valence_forwarder, ...(isObject(extra) && { extra: asText(extra) }) },
  };
}

const only = (fields: JsonObject, known: boolean): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => KNOWN_FIELDS.has(key) === known));

/** Every unknown field of the alert and of its type, with what had gone to `extra`, as one JSON text. */
function unknownAsText(log: Log): Log {
  const { alert, alert_type_details: type } = log;
  const present = log.valence_forwarder.extra;
  const extra = {
    ...(isObject(present) && present),
    ...(alert && { alert: only(alert, false) }),
    ...(type && { alert_type_details: only(type, false) }),
  };
  const slim = {
    ...log,
    ...(alert && { alert: only(alert, true) }),
    ...(type && { alert_type_details: only(type, true) }),
  };
  return marked(slim, { extra: canonicalJson(extra) });
}

const STEPS: readonly ((log: Log) => Log)[] = [
  auxAsText,
  otherEventsAsText,
  (log) => nestedAsText(log, KNOWN_FIELDS),
  (log) => nestedAsText(log),
  unknownAsText,
];

/**
 * Brings a log into the shape that Datadog keeps whole, turning as little as needed into text: first the free-form
 * `aux` maps (marked `aux_as_text`), then the events beyond the primary one, then what is nested in unknown fields, then
 * in any field, at last all unknown fields together. After the last step every log fits.
 */
export function fitShape(log: Log): { log: Log; exactNumbers: boolean } {
  let fitted = log;
  let shape = shapeOf(fitted);
  for (const step of STEPS) {
    if (shape.fits) break;
    fitted = step(fitted);
    shape = shapeOf(fitted);
  }
  return { log: fitted, exactNumbers: shape.exactNumbers };
}
