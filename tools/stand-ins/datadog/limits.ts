import type { JsonObject } from '../../../lambda/shared/json.ts';

/** What Datadog does to a log after it answered 202, without an error. */
export type SilentDrop =
  /** Dated more than 18 h in the past or 2 h in the future: dropped. */
  | 'outdated'
  | 'predated'
  /** More than 1 MB: cut. */
  | 'tooLarge'
  /** More than 256 attributes, keys of 50 characters or more, more than 10 levels: the rest is cut. */
  | 'tooManyAttributes'
  | 'keyTooLong'
  | 'tooDeep';

export type SilentDrops = Record<SilentDrop, number>;

export const noneDropped = (): SilentDrops => ({
  outdated: 0,
  predated: 0,
  tooLarge: 0,
  tooManyAttributes: 0,
  keyTooLong: 0,
  tooDeep: 0,
});

/** Sources: Datadog documentation, "Log collection" (custom log forwarding, attribute limits) and "Send logs". */
const MAX_PAST_MS = 18 * 3_600_000;
const MAX_FUTURE_MS = 2 * 3_600_000;
const MAX_LOG_BYTES = 1_000_000;
const MAX_ATTRIBUTES = 256;
const MAX_KEY_LENGTH = 49;
const MAX_LEVELS = 10;

/** Root attributes that Datadog reads as a log's date before any pipeline runs. */
const DATE_ATTRIBUTES = [
  '@timestamp',
  'timestamp',
  '_timestamp',
  'Timestamp',
  'eventTime',
  'date',
  'published_date',
];

/** Epoch milliseconds of the log's date, by the order in which Datadog looks for one; undefined = time of arrival. */
function logDate(log: JsonObject): number | undefined {
  const alert = log['alert'] as JsonObject | undefined;
  // The pipelines of the product's own integration date a log last, so what they find wins.
  for (const seconds of [alert?.['creationTimestamp'], log['timeEpoch']]) {
    if (log['ddsource'] === 'valence-security' && typeof seconds === 'number') return seconds * 1000;
  }
  for (const name of DATE_ATTRIBUTES) {
    const value = log[name];
    const ms = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN;
    if (!Number.isNaN(ms)) return ms;
  }
  return undefined;
}

/** Attributes, longest key and depth of a log; without recursion, since a log may be nested without end. */
function measure(log: JsonObject): { attributes: number; longestKey: number; levels: number } {
  const result = { attributes: 0, longestKey: 0, levels: 0 };
  const open: { value: unknown; level: number }[] = [{ value: log, level: 0 }];
  for (let item = open.pop(); item; item = open.pop()) {
    const { value, level } = item;
    if (Array.isArray(value)) {
      for (const element of value) open.push({ value: element, level });
    } else if (value !== null && typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) {
        result.attributes++;
        result.longestKey = Math.max(result.longestKey, key.length);
        result.levels = Math.max(result.levels, level + 1);
        open.push({ value: inner, level: level + 1 });
      }
    }
  }
  return result;
}

/**
 * What Datadog would do to an accepted log without an error.
 * @param nowMs Datadog's time in epoch milliseconds
 */
export function silentDrops(log: JsonObject, nowMs: number): SilentDrop[] {
  const drops: SilentDrop[] = [];
  const date = logDate(log);
  if (date !== undefined && date < nowMs - MAX_PAST_MS) drops.push('outdated');
  if (date !== undefined && date > nowMs + MAX_FUTURE_MS) drops.push('predated');
  if (Buffer.byteLength(JSON.stringify(log)) > MAX_LOG_BYTES) drops.push('tooLarge');
  const { attributes, longestKey, levels } = measure(log);
  if (attributes > MAX_ATTRIBUTES) drops.push('tooManyAttributes');
  if (longestKey > MAX_KEY_LENGTH) drops.push('keyTooLong');
  if (levels > MAX_LEVELS) drops.push('tooDeep');
  return drops;
}
