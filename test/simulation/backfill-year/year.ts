import { seededRandom } from '../random.ts';

/** A whole hour, the beginning of the year: 2025-01-01 00:00 UTC. */
export const YEAR_START = 1_735_689_600;
export const HOUR_SECONDS = 3600;
export const HOURS_OF_A_YEAR = 365 * 24;

/** How busy an hour is, compared with a night. */
const OFFICE_WEIGHT = 5;
const WEEKEND_WEIGHT = 0.6;

/** Each of a few hours contains a burst: a script that creates users, an import. */
const BURSTS = 12;
const BURST_SHARE = 0.004;

/** One in so many records equals the record before in each field, because audit records have no identity. */
const TWIN_EVERY = 50;

/** Which records Datadog refuses, if it refuses any. */
const REJECTED_EVERY = 2_003;

/** The texts before and after a record's number in its text. */
const NUMBER_MARK = ' #';

/** A year of audit records. Each is generated from its number, so that ten million take no memory. */
export interface Year {
  readonly from: number;
  readonly to: number;
  readonly records: number;
  /** Numbers of the records of a range of epoch seconds, as a half-open range. */
  find(from: number, to: number): [first: number, end: number];
  /** A record as JSON text. */
  text(number: number): string;
  /** The number in a record's text: its own, or that of the record whose twin it is. */
  contentOf(number: number): number;
  isRejected(number: number): boolean;
  /** Records in the busiest hour. */
  readonly busiestHour: number;
}

export interface YearOptions {
  seed: number;
  records: number;
  /** Whether Datadog refuses some of them. */
  rejected: boolean;
  /** Over which they are spread; those of a year by default. */
  hours?: number;
}

/** How the records are spread over the hours. */
function weights(seed: number, hours: number): number[] {
  const random = seededRandom(seed, 'year');
  const all = Array.from({ length: hours }, (_, hour) => {
    const ofDay = hour % 24;
    // The year began on a Wednesday.
    const isWeekend = (Math.floor(hour / 24) + 3) % 7 >= 5;
    const isOffice = ofDay >= 8 && ofDay < 18;
    return (0.5 + random.next()) * (isWeekend ? WEEKEND_WEIGHT : isOffice ? OFFICE_WEIGHT : 1);
  });
  const sum = all.reduce((total, weight) => total + weight, 0);
  for (let burst = 0; burst < BURSTS; burst++) {
    const hour = random.between(0, hours);
    all[hour] = (all[hour] ?? 0) + sum * BURST_SHARE;
  }
  return all;
}

/** Number of the first record of each hour, and at the end their count. */
function firstOfHours({ seed, records, hours }: Required<YearOptions>): Uint32Array {
  const all = weights(seed, hours);
  const sum = all.reduce((total, weight) => total + weight, 0);
  const firsts = new Uint32Array(hours + 1);
  let passed = 0;
  for (const [hour, weight] of all.entries()) {
    passed += weight;
    firsts[hour + 1] = Math.round((records * passed) / sum);
  }
  firsts[hours] = records;
  return firsts;
}

/** Generates a year. The same seed and number give the same year. */
export function makeYear({ seed, records, rejected, hours = HOURS_OF_A_YEAR }: YearOptions): Year {
  const firsts = firstOfHours({ seed, records, rejected, hours });
  const firstOf = (hour: number) => firsts[Math.max(0, Math.min(hours, hour))] ?? records;

  /** Records of an hour are evenly spread over it; twins share a second. */
  const offsetOf = (place: number, count: number) => Math.floor((place * HOUR_SECONDS) / count);

  const hourOf = (number: number): number => {
    let low = 0;
    let high = hours;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (firstOf(middle) <= number) low = middle;
      else high = middle;
    }
    return low;
  };

  const isTwin = (number: number) => number % TWIN_EVERY === 1 && firstOf(hourOf(number)) < number;
  const contentOf = (number: number) => (isTwin(number) ? number - 1 : number);

  const timeOf = (number: number): number => {
    const content = contentOf(number);
    const hour = hourOf(content);
    const first = firstOf(hour);
    return YEAR_START + hour * HOUR_SECONDS + offsetOf(content - first, firstOf(hour + 1) - first);
  };

  /** Number of the first record at or after a moment. */
  const firstFrom = (time: number): number => {
    const hour = Math.floor((time - YEAR_START) / HOUR_SECONDS);
    let low = firstOf(hour);
    let high = firstOf(hour + 1);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (timeOf(middle) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    from: YEAR_START,
    to: YEAR_START + hours * HOUR_SECONDS,
    records,
    find: (from, to) => [firstFrom(from), firstFrom(to)],
    contentOf,
    isRejected: (number) => rejected && contentOf(number) % REJECTED_EVERY === 17,
    text(number) {
      const content = contentOf(number);
      return (
        `{"actor":"user-${content % 977}@example.com","action":"User access updated","success":${content % 17 !== 0},` +
        `"ipAddress":"203.0.113.${content % 251}","details":"Updated user person-${content % 4999}@example.com to role ` +
        `\\"Auditor\\" with access to Duo \\"Duo Primary\\", Google Workspace \\"Main\\" and permission sets ` +
        `Read-only${NUMBER_MARK}${content}","timeEpoch":${timeOf(number)}}`
      );
    },
    busiestHour: firsts.reduce((most, first, hour) => Math.max(most, firstOf(hour + 1) - first), 0),
  };
}

const NUMBERS = new RegExp(`${NUMBER_MARK}(\\d+)"`, 'g');

/** The numbers of all records in a text. */
export function* numbersIn(text: string): Generator<number> {
  // A log contains its details twice: as a field and as its message.
  let isMessage = false;
  for (const [, digits] of text.matchAll(NUMBERS)) {
    isMessage = !isMessage;
    if (isMessage) yield Number(digits);
  }
}
