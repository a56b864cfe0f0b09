import { isLosslessNumber } from 'lossless-json';
import { forCodeSpan } from '../../../shared/code-span.ts';
import { isObject, type JsonObject } from '../../../shared/json.ts';
import { epochSeconds } from './time.ts';

const objectAt = (value: unknown, key: string): JsonObject | undefined => {
  const inner = isObject(value) ? value[key] : undefined;
  return isObject(inner) ? inner : undefined;
};

/** What is known of the actor of an event: of the user, or else of the app. Valence fills the one that it does not know with `""`. */
function actorOf(event: unknown): JsonObject | undefined {
  for (const kind of ['actorUser', 'actorApp']) {
    const actor = objectAt(event, kind);
    const facts = onlyPlain({ id: actor?.['id'], name: actor?.['name'], email: actor?.['email'] });
    if (Object.keys(facts).length > 0) return facts;
  }
  return undefined;
}

const timeOf = (event: unknown) => epochSeconds(objectAt(event, 'eventTime')?.['timestamp']);

/** The position of the latest of the given events; of several the first. */
function latest(events: readonly unknown[], indices: readonly number[]): number | undefined {
  let latest: { index: number; time: number } | undefined;
  for (const index of indices) {
    const time = timeOf(events[index]) ?? 0;
    if (!latest || time > latest.time) latest = { index, time };
  }
  return latest?.index;
}

/**
 * The position of an alert's primary event, whose values fill Datadog's standard attributes: the latest
 * that has an actor, else the latest.
 * @returns undefined when the alert has no events
 */
export function primaryEventIndex(alert: JsonObject): number | undefined {
  const events = alert['events'];
  if (!Array.isArray(events)) return undefined;
  const all = events.flatMap((event, index) => (isObject(event) ? [index] : []));
  return (
    latest(
      events,
      all.filter((index) => actorOf(events[index])),
    ) ?? latest(events, all)
  );
}

/** The value of `valence_forwarder.primary_event`: what the event has in plain values that are not empty, as messages can show them. */
export function primaryEvent(event: unknown): JsonObject {
  if (!isObject(event)) return {};
  const actor = actorOf(event);
  const action = objectAt(event, 'action');
  return {
    ...onlyPlain({
      actor_type: event['actorType'],
      action: action?.['actionName'],
      action_type: action?.['actionType'],
      outcome: event['eventResult'],
      ip: event['ip'],
      user_agent: event['userAgent'],
      platform: event['platform'],
      time: timeOf(event),
    }),
    ...(actor && { actor }),
  };
}

/** In a hostile event a "fact" may be thousands of levels deep, and no later step checks these values. */
const onlyPlain = (facts: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(facts)
      .flatMap(([name, value]) => (isPlain(value) ? [[name, forCodeSpan(value)]] : []))
      .filter(([, shown]) => shown !== ''),
  );

const isPlain = (value: unknown): boolean =>
  typeof value === 'string' ||
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  isLosslessNumber(value);
