import { OWN_ATTRIBUTE } from '../../../lambda/contract.ts';
import type { Processor } from '../types.ts';
import { calculate, dateFrom } from './processors.ts';

/** The record's own time in epoch milliseconds, on every log whose record has one. */
const OCCURRED_AT = `${OWN_ATTRIBUTE}.occurred_at`;

/**
 * Dates a log by its record. A re-dated log has no time field, only `valence_forwarder.event_time`: it keeps the date of
 * its arrival, because Datadog drops logs that are dated too far back. So the record's own time is calculated after the
 * date is set.
 * @param timeField path of the record's time, epoch seconds
 */
export const dateByRecord = (timeField: string): Processor[] => [
  calculate(`${timeField} * 1000`, OCCURRED_AT),
  dateFrom(OCCURRED_AT),
  calculate(`${OWN_ATTRIBUTE}.event_time * 1000`, OCCURRED_AT),
];
