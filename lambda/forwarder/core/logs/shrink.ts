import { isLosslessNumber } from 'lossless-json';
import { OWN_ATTRIBUTE } from '../../../contract.ts';
import { isObject, type JsonObject } from '../../../shared/json.ts';
import { canonicalJson } from '../records/canonical-json.ts';
import type { Log } from './types.ts';

/** What is left of a text that was cut, in characters. */
const CUT_TEXT_CHARACTERS = 2_000;

/** The same for a fact of the primary event. Rules go by these, so all of them stay, within 30 kB together. */
const CUT_FACT_CHARACTERS = 400;

/** Fields that measure more are left out last of all: 250 of this size, which is all that a log may hold, stay below 1 MB. */
const LARGE_FIELD_BYTES = 3_000;

/** Events are left out one by one, in a step of their own; a part of the tags would change their meaning. */
const isSpared = (path: string, value: unknown) =>
  path === 'ddtags' ||
  path === `${OWN_ATTRIBUTE}.primary_event` ||
  (path === 'alert.events' && Array.isArray(value));

const sizeOf = (value: unknown) => Buffer.byteLength(canonicalJson(value));

const leftOut = (bytes: number) => `[left out: ${bytes} bytes]`;

/**
 * A long text cut to so many characters. Keeps beginning and end: where a sentence has a name in the middle, the facts are around it,
 * and whoever chooses it makes it long.
 */
export function cutText(text: string, characters: number): string {
  const half = characters / 2;
  const note = ` [left out: ${text.length - characters} characters] `;
  return text.length <= characters + note.length ? text : text.slice(0, half) + note + text.slice(-half);
}

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

/** Cuts every long text, and every long number as one. A log has few levels (see fit.ts), so this may recurse. */
function cutTexts<T>(value: T, characters: number): T {
  if (typeof value === 'string') return cutText(value, characters) as T;
  if (value === null || typeof value !== 'object') return value;
  if (isLosslessNumber(value)) {
    return value.value.length > characters ? (cutText(value.value, characters) as T) : value;
  }
  if (Array.isArray(value)) return value.map((item) => cutTexts(item, characters)) as T;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, cutTexts(item, characters)]),
  ) as T;
}

function cutAllTexts({ valence_forwarder: { primary_event, ...block }, ...log }: Log): Log {
  return {
    ...(cutTexts(log, CUT_TEXT_CHARACTERS) as Log),
    ddtags: log.ddtags,
    valence_forwarder: {
      ...cutTexts(block, CUT_TEXT_CHARACTERS),
      ...(primary_event && { primary_event: cutTexts(primary_event, CUT_FACT_CHARACTERS) }),
    },
  };
}

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
  const small = (path: string, value: unknown): unknown => {
    if (isSpared(path, value)) return value;
    const bytes = sizeOf(value);
    return bytes <= LARGE_FIELD_BYTES ? value : leftOut(bytes);
  };
  const fields = Object.entries(log).map(([root, value]): [string, unknown] => {
    if (!isObject(value)) return [root, small(root, value)];
    const inner = Object.entries(value).map(([key, item]) => [key, small(`${root}.${key}`, item)]);
    return [root, Object.fromEntries(inner)];
  });
  return { ...log, ...Object.fromEntries(fields) };
}

/**
 * Makes a log that is too large small enough, and marks it `shrunk`: `aux` maps go first, the largest before the
 * others; then long texts are cut in the middle; then other large fields are left out; at last events. The facts of the primary event stay.
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
