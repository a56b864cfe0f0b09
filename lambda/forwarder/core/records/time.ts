import { isLosslessNumber } from 'lossless-json';
import type { Stream } from '../../../contract.ts';
import { FIRST_MICROSECONDS, FIRST_MILLISECONDS, FIRST_NANOSECONDS } from '../../../limits.ts';
import { isObject, type JsonObject } from '../../../shared/json.ts';

/** The record field that holds its time, by stream. Source: Valence's public connectors. */
export const TIME_FIELD = {
  alerts: 'creationTimestamp',
  'audit-logs': 'timeEpoch',
} as const satisfies Record<Stream, string>;

/** The last moment that a JavaScript date can hold; no real record is later. */
const LAST_SECOND = 8.64e12;

/** A date and a time of day without a zone, which a machine would take for its own zone's. */
const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}[T ][\d:.]+$/;

/** A comma before the fraction of a number or of the seconds, as ISO 8601 allows. */
const DECIMAL_COMMA = /(\d),(?=\d)/;

/** The name of a zone behind a date, as Java writes it: `2026-01-31T12:00+01:00[Europe/Paris]`. */
const ZONE_NAME = /^(.+)\[([\w+/-]{1,64})\]$/;

/** Epoch milliseconds of a date as text; without a zone it is UTC, as everything between machines. */
function dateOf(text: string): number {
  const [, date = text, zone] = ZONE_NAME.exec(text) ?? [];
  if (!WITHOUT_ZONE.test(date)) return Date.parse(date);
  const asUtc = Date.parse(`${date.replace(' ', 'T')}Z`);
  return zone === undefined ? asUtc : asUtc - offsetMs(zone, asUtc);
}

/** More than there are zones. A hostile source may write one in any mix of capital letters, which counts as the same. */
const MAX_ZONES = 500;

/** What reads the offset of a zone, by its name in small letters: each takes as long to make as hundreds of readings. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws {RangeError} when there is no such zone */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const zone = timeZone.toLowerCase();
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  if (formats.size >= MAX_ZONES) formats.clear();
  formats.set(zone, format);
  return format;
}

/** How far a zone is ahead of UTC at about a moment, in milliseconds; not a number when there is no such zone. */
function offsetMs(timeZone: string, atMs: number): number {
  try {
    const name =
      formatOf(timeZone)
        .formatToParts(atMs)
        .find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign = '+', hours = '0', minutes = '0'] = /^GMT([+-])?(\d\d)?:?(\d\d)?/.exec(name) ?? [];
    return Number(`${sign}1`) * (Number(hours) * 3600 + Number(minutes) * 60) * 1000;
  } catch {
    return Number.NaN;
  }
}

/** No text of a time is longer, its zone included: `2026-11-30T12:00:00.000000000+01:00[America/Argentina/ComodRivadavia]` has 64. */
const LONGEST_TIME = 100;

function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (isLosslessNumber(value)) return Number(value.value);
  if (isObject(value)) return secondsOf(value);
  if (typeof value !== 'string' || value.length > LONGEST_TIME || value.trim() === '') return Number.NaN;
  const text = value.trim().replace(DECIMAL_COMMA, '$1.');
  const number = Number(text);
  return Number.isNaN(number) ? dateOf(text) / 1000 : number;
}

/** The whole seconds of a time as protocol buffers write it, with the rest in nanoseconds. */
const secondsOf = ({ seconds, nanos }: JsonObject): number =>
  Number.isFinite(toScalar(nanos)) ? toScalar(seconds) : Number.NaN;

/** A number that is no object again: hostile ones are thousands deep. */
const toScalar = (value: unknown): number =>
  isObject(value) && !isLosslessNumber(value) ? Number.NaN : toNumber(value);

/**
 * A time from outside as whole epoch seconds. It may be a number or a text of seconds, milliseconds, microseconds or nanoseconds,
 * which differ by their size; an ISO 8601 date; or an object `{seconds, nanos}`.
 * @returns undefined when it is missing, zero, negative or no time at all
 */
export function epochSeconds(value: unknown): number | undefined {
  const number = toNumber(value);
  const seconds = Math.floor(number / unitsPerSecond(number));
  return seconds > 0 && seconds <= LAST_SECOND ? seconds : undefined;
}

function unitsPerSecond(number: number): number {
  if (number >= FIRST_NANOSECONDS) return 1e9;
  if (number >= FIRST_MICROSECONDS) return 1e6;
  return number >= FIRST_MILLISECONDS ? 1e3 : 1;
}

/** The time of a record in epoch seconds, undefined when it has none that can be used. */
export const recordTime = (stream: Stream, record: JsonObject): number | undefined =>
  epochSeconds(record[TIME_FIELD[stream]]);
