import { isLosslessNumber } from 'lossless-json';
import { isObject, type JsonObject } from '../../../shared/json.ts';
import { canonicalJson } from '../records/canonical-json.ts';
import type { Log } from './types.ts';

/** Length of a text after it was cut, in characters. */
const CUT_TEXT_CHARACTERS = 2_000;

/** Fields that measure more are left out last of all: 250 of this size, which is all that a log may hold, stay below 1 MB. */
const LARGE_FIELD_BYTES = 3_000;

/** Events are left out one by one, in a step of their own; a part of the tags would change their meaning. */
const isSpared = (key: string, value: unknown) =>
  key === 'ddtags' || (key === 'events' && Array.isArray(value));

const sizeOf = (value: unknown) => Buffer.byteLength(canonicalJson(value));

const leftOut = (bytes: number) => `[left out: ${bytes} bytes]`;

const cutText = (text: string) => `${text.slice(0, CUT_TEXT_CHARACTERS)}... [cut]`;

/** Replaces the `aux` maps, the largest first, by a note of their size, until the log is small enough. */
function dropAux(log: Log, maxBytes: number): Log {
  const events = log.alert?.['events'];
  if (!Array.isArray(events)) return log;
  let excess = sizeOf(log) - maxBytes;
  const bySize = events
    .map((event: JsonObject | null, index) => ({ index, bytes: event?.['aux'] ? sizeOf(event['aux']) : 0 }))
    .sort((a, b) => b.bytes - a.bytes);
  const slim = [...events];
  for (const { index, bytes } of bySize) {
    if (excess <= 0 || bytes === 0) break;
    const note = leftOut(bytes);
    slim[index] = { ...slim[index], aux: note };
    excess -= bytes - note.length;
  }
  return { ...log, alert: { ...log.alert, events: slim } };
}

/** Cuts every long text. A log has few levels (see fit.ts), so this may recurse. */
function cutTexts<T>(value: T): T {
  if (typeof value === 'string') {
    return (value.length > CUT_TEXT_CHARACTERS ? cutText(value) : value) as T;
  }
  if (value === null || typeof value !== 'object' || isLosslessNumber(value)) return value;
  if (Array.isArray(value)) return value.map(cutTexts) as T;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cutTexts(item)])) as T;
}

const cutAllTexts = (log: Log): Log => ({ ...cutTexts(log), ddtags: log.ddtags });

/** Keeps of an alert's events only those that fit, the first ones. */
function dropEvents(log: Log, maxBytes: number): Log {
  const events = log.alert?.['events'];
  if (!Array.isArray(events)) return log;
  let room = maxBytes - sizeOf({ ...log, alert: { ...log.alert, events: [] } });
  const kept = events.filter((event) => {
    room -= sizeOf(event) + 1;
    return room >= 0;
  });
  return { ...log, alert: { ...log.alert, events: kept } };
}

/** Leaves out every field that is still large, mostly lists; events have a step of their own. */
function dropLargeFields(log: Log): Log {
  const small = ([key, value]: [string, unknown]): [string, unknown] => {
    const bytes = sizeOf(value);
    return isSpared(key, value) || bytes <= LARGE_FIELD_BYTES ? [key, value] : [key, leftOut(bytes)];
  };
  const fields = Object.entries(log).map((field): [string, unknown] => {
    const [key, value] = field;
    return isObject(value) ? [key, Object.fromEntries(Object.entries(value).map(small))] : small(field);
  });
  return { ...log, ...Object.fromEntries(fields) };
}

/**
 * Makes a log that is too large small enough, and marks it `shrunk`: `aux` maps go first, the largest before the
 * others; then long texts are cut; then other large fields are left out; at last events.
 * @param maxBytes largest size of the encoded log
 * @returns undefined when even that is not enough
 */
export function shrink(log: Log, maxBytes: number): Log | undefined {
  let small: Log = { ...log, valence_forwarder: { ...log.valence_forwarder, shrunk: true } };
  for (const step of [dropAux, cutAllTexts, dropLargeFields, dropEvents]) {
    small = step(small, maxBytes);
    if (sizeOf(small) <= maxBytes) return small;
  }
  return undefined;
}
