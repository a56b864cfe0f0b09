import { isLosslessNumber } from 'lossless-json';
import type { Stream } from '../../../contract.ts';
import { FIRST_MICROSECONDS, FIRST_MILLISECONDS } from '../../../limits.ts';
import type { JsonObject } from '../../../shared/json.ts';

/** The record field that holds its time, by stream. Source: Valence's public connectors. */
export const TIME_FIELD = {
  alerts: 'creationTimestamp',
  'audit-logs': 'timeEpoch',
} as const satisfies Record<Stream, string>;

/** The last moment that a JavaScript date can hold; no real record is later. */
const LAST_SECOND = 8.64e12;

/** A date and a time of day without a zone, which a machine would take for its own zone's. */
const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}[T ][\d:.]+$/;

/** Epoch milliseconds of a date as text; without a zone it is UTC, as everything between machines. */
const dateOf = (text: string): number =>
  Date.parse(WITHOUT_ZONE.test(text) ? `${text.replace(' ', 'T')}Z` : text);

function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (isLosslessNumber(value)) return Number(value.value);
  if (typeof value !== 'string' || value.trim() === '') return Number.NaN;
  const number = Number(value);
  return Number.isNaN(number) ? dateOf(value.trim()) / 1000 : number;
}

/**
 * A time from outside as whole epoch seconds: seconds, milliseconds or microseconds, distinguished by their size, as a
 * number, as text or as an ISO 8601 date.
 * @returns undefined when it is missing, zero, negative or no time at all
 */
export function epochSeconds(value: unknown): number | undefined {
  const number = toNumber(value);
  const unitsPerSecond = number >= FIRST_MICROSECONDS ? 1e6 : number >= FIRST_MILLISECONDS ? 1e3 : 1;
  const seconds = Math.floor(number / unitsPerSecond);
  return seconds > 0 && seconds <= LAST_SECOND ? seconds : undefined;
}

/** The time of a record in epoch seconds, undefined when it has none that can be used. */
export const recordTime = (stream: Stream, record: JsonObject): number | undefined =>
  epochSeconds(record[TIME_FIELD[stream]]);
