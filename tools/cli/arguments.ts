import { InvalidArgumentError, Option } from 'commander';
import * as z from 'zod/mini';
import { STREAMS } from '../../lambda/contract.ts';
import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '../../lambda/limits.ts';

/** Parsers of arguments, for commander: each throws an `InvalidArgumentError` that names what is allowed. */

const isoDate = z.iso.date();
const isoTime = z.union([
  z.iso.datetime({ offset: true }),
  // To the minute.
  z.iso.datetime({ offset: true, precision: -1 }),
]);

const TIME_HINT =
  'Give a time such as 2026-01-31T12:00Z, 2026-01-31, 3h or 1d: epoch seconds or an ISO 8601 date with its zone, or a length before now.';

/** What {@link timeArgument} takes, for the help of an option. */
export const TIME_FORMS = 'ISO 8601 with its zone, a length such as 3h or 1d before now, or epoch seconds';

/** What is wrong with a time, as far as it can be guessed. */
function timeProblem(text: string): string {
  if (/^\d{12,}$/.test(text)) return 'These look like milliseconds. ';
  if (/^\d+$/.test(text)) return 'This is no time in epoch seconds. ';
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+$/.test(text)) return 'The zone is missing: add Z for UTC. ';
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) return 'There is no such date or time. ';
  return '';
}

/** Of 1973 and later, and of so few digits that a year, a date without dashes or milliseconds are no epoch seconds. */
const EPOCH_SECONDS = /^\d{9,10}$/;

/**
 * A time in epoch seconds: an ISO 8601 date (in UTC) or time with its zone, a length of time before now such as `3h`, or epoch seconds.
 * @throws {InvalidArgumentError} with examples
 */
export function timeArgument(text: string): number {
  const time = timeIn(text);
  const now = Math.floor(Date.now() / 1000);
  if (time >= EARLIEST && time <= now + FURTHEST_AHEAD_SECONDS) return time;
  throw new InvalidArgumentError(`This is before 2015 or years ahead. ${TIME_HINT}`);
}

/** There is no older record, and state with a time before 1970 could not be read. */
const EARLIEST = Date.UTC(2015) / 1000;
const FURTHEST_AHEAD_SECONDS = 5 * 365 * DAY_SECONDS;

function timeIn(text: string): number {
  if (EPOCH_SECONDS.test(text)) return Number(text);
  const ago = secondsIn(text);
  if (ago !== undefined) return Math.floor(Date.now() / 1000) - ago;
  if (isoDate.safeParse(text).success || isoTime.safeParse(text).success)
    return Math.floor(Date.parse(text) / 1000);
  throw new InvalidArgumentError(`${timeProblem(text)}${TIME_HINT}`);
}

/** The option that names the stream that a command works on. */
export const streamOption = (): Option =>
  new Option('--stream <stream>', 'the stream').choices(STREAMS).makeOptionMandatory();

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: MINUTE_SECONDS,
  h: HOUR_SECONDS,
  d: DAY_SECONDS,
};

/** The seconds of a length such as `90s`, `15m`, `3h` or `2d`; undefined of another text. */
function secondsIn(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = Number(digits) * (UNIT_SECONDS[unit] ?? 0);
  return seconds > 0 ? seconds : undefined;
}

/** A length such as `90s`, `15m`, `3h` or `1d`, in seconds, of a day at most; a number alone is one of seconds. */
export function lengthArgument(text: string): number {
  const seconds = secondsIn(/^\d+$/.test(text) ? `${text}s` : text);
  if (seconds === undefined || seconds > DAY_SECONDS)
    throw new InvalidArgumentError('Give a length such as 10, 90s, 15m or 3h, of a day at most.');
  return seconds;
}

/** A whole number from 1. */
export function countArgument(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('Give a whole number from 1.');
  return value;
}

/** A parser of whole numbers within bounds. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };

/** What may get keys: scheme, host and port of an address, or a request as the doctor prints it. */
export function destinationArgument(text: string): string {
  if (/^(GET|POST) https?:\/\/./.test(text)) return text;
  const { origin = 'null', href } = URL.canParse(text) ? new URL(text) : {};
  if (origin === 'null' || href !== `${origin}/`)
    throw new InvalidArgumentError(
      'Give scheme and host, such as https://proxy.example.com:3128, or a request as the doctor prints it.',
    );
  return origin;
}

/** For an option that may be repeated: adds one more value. */
export const oneMore = (value: string, others: readonly string[] = []): readonly string[] => [
  ...others,
  value,
];
