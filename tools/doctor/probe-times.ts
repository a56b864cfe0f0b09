import type { Stream } from '../../lambda/contract.ts';
import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { recordTime, TIME_FIELD } from '../../lambda/forwarder/core/records/time.ts';
import { FIRST_MICROSECONDS, FIRST_MILLISECONDS } from '../../lambda/limits.ts';
import type { EndpointProfile } from '../../lambda/settings/api-profile.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { type EndpointPatch, type Probe, withPatch } from './probe.ts';
import type { Sample } from './probe-list.ts';
import { recordsAt } from './response-body.ts';

/** The records' own times, and whether the range that is asked for is honoured. */

/** A second of slack is asked for on each side, and a bound may round. */
const TOLERANCE_SECONDS = 2;

const FROM_NAMES = [
  'from',
  'start',
  'since',
  'startTime',
  'start_time',
  'startDate',
  'after',
  'fromTime',
  'from_time',
];
const TO_NAMES = ['to', 'end', 'until', 'endTime', 'end_time', 'endDate', 'before', 'toTime', 'to_time'];
const UNITS = ['s', 'ms', 'iso'] as const;

const UNIT_NAMES = [
  ['microseconds', FIRST_MICROSECONDS],
  ['milliseconds', FIRST_MILLISECONDS],
  ['seconds', 0],
] as const;

function unitOf(value: unknown): string {
  if (typeof value === 'string' && Number.isNaN(Number(value))) return 'dates as text';
  const number = Number(value);
  return UNIT_NAMES.find(([, least]) => number >= least)?.[0] ?? 'no time';
}

/**
 * Reports what the time field holds.
 * @returns the times in epoch seconds, oldest first
 */
export function probeTimeField(probe: Probe, stream: Stream, records: readonly JsonObject[]): number[] {
  const field = TIME_FIELD[stream];
  const times = records
    .flatMap((record) => recordTime(stream, record) ?? [])
    .sort((one, other) => one - other);
  if (times.length === 0) {
    const [first = {}] = records;
    probe.differs(
      field,
      `no record has a usable time in "${field}"; its fields are ${Object.keys(first).slice(0, 12).join(', ')}`,
      'Without times the forwarder cannot read ranges: please report this with the field that holds the time.',
    );
    return times;
  }
  const units = [
    ...new Set(records.flatMap((record) => (record[field] === undefined ? [] : unitOf(record[field])))),
  ];
  const summary = `${times.length} of ${records.length} records have a time, in ${units.join(' and ')}`;
  if (times.length < records.length) {
    probe.noted(
      field,
      summary,
      'Nothing to do: records without a time are forwarded too, marked timestamp_invalid.',
    );
  } else probe.matched(field, summary);
  return times;
}

type Bound = 'from' | 'to';

const isWithin = (bound: Bound, time: number, limit: number): boolean =>
  bound === 'from' ? time >= limit - TOLERANCE_SECONDS : time <= limit + TOLERANCE_SECONDS;

/** Whether a bound in the middle of the known times excludes the records beyond it, and no others. */
async function isHonoured(
  probe: Probe,
  stream: Stream,
  profile: EndpointProfile,
  { bound, range, limit }: { bound: Bound; range: Range; limit: number },
): Promise<boolean> {
  const asked = bound === 'from' ? { from: limit, to: range.to } : { from: range.from, to: limit };
  const { answer } = await probe.ask.page(profile, asked);
  const records = (answer && recordsAt(answer.body, profile.itemsPath)) ?? [];
  const times = records.flatMap((record) => recordTime(stream, record) ?? []);
  return times.length > 0 && times.every((time) => isWithin(bound, time, limit));
}

/** Other ways to express a bound: in another unit, under another name, both. */
function* otherWays(profile: EndpointProfile, bound: Bound): Generator<EndpointPatch> {
  const param = bound === 'from' ? 'fromParam' : 'toParam';
  const other = bound === 'from' ? profile.toParam : profile.fromParam;
  const names = bound === 'from' ? FROM_NAMES : TO_NAMES;
  const units = [profile.timeUnit, ...UNITS.filter((unit) => unit !== profile.timeUnit)];
  for (const timeUnit of units.slice(1)) yield { timeUnit };
  const others = names.filter((name) => name !== profile[param] && name !== other);
  for (const timeUnit of units) {
    for (const name of others) {
      yield { [param]: name, ...(timeUnit !== profile.timeUnit && { timeUnit }) };
    }
  }
}

const NO_LOWER_BOUND =
  'Ask Valence for the parameter and set fromParam. Until then every fetch reads from the beginning and drops older records.';

/** Whether one bound works, and else how it would. */
async function probeBound(
  probe: Probe,
  stream: Stream,
  bound: Bound,
  range: Range,
  limit: number,
): Promise<void> {
  const param = bound === 'from' ? 'fromParam' : 'toParam';
  const name = probe.profile[param];
  if (name === null) {
    probe.noted(
      param,
      'is switched off by the profile',
      'Set it when Valence has such a parameter: it saves requests.',
    );
    return;
  }
  const question = { bound, range, limit };
  if (await isHonoured(probe, stream, probe.profile, question)) {
    probe.matched(param, `"${name}" is honoured, in unit "${probe.profile.timeUnit}"`);
    return;
  }
  for (const way of otherWays(probe.profile, bound)) {
    if (!(await isHonoured(probe, stream, withPatch(probe.profile, way), question))) continue;
    const fits = Object.entries(way).map(([key, value]) => `${key} "${value}"`);
    probe.corrected(param, `"${name}" is not honoured; it is with ${fits.join(' and ')}`, way);
    return;
  }
  if (bound === 'from') {
    probe.differs(param, `"${name}" is not honoured, nor is any common name`, NO_LOWER_BOUND);
    return;
  }
  probe.corrected(
    param,
    `"${name}" is not honoured, nor is any common name: ranges have no upper bound, and catching up is slow`,
    { toParam: null },
  );
}

/**
 * Checks whether the API honours the range that is asked for.
 * @param times of the sample's records, epoch seconds, oldest first
 */
export async function probeBounds(
  probe: Probe,
  stream: Stream,
  { range }: Sample,
  times: readonly number[],
): Promise<void> {
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? 0;
  const middle = times[Math.floor(times.length / 2)] ?? 0;
  const limit = middle - first > TOLERANCE_SECONDS ? middle : Math.floor((first + last) / 2);
  const apart = Math.min(limit - first, last - limit);
  if (!range || apart <= TOLERANCE_SECONDS) {
    probe.noted(
      'fromParam, toParam',
      'too few records of different times to check the range',
      'Run the doctor again when there are more records.',
    );
    return;
  }
  const known = { from: first, to: last };
  await probeBound(probe, stream, 'from', known, limit);
  await probeBound(probe, stream, 'to', known, limit);
}
