import { InvalidArgumentError } from 'commander';
import { STREAMS, type Stream } from '../../lambda/contract.ts';
import { epochSeconds } from '../../lambda/forwarder/core/records/time.ts';
import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '../../lambda/limits.ts';

/** Parsers of arguments, for commander: each throws an `InvalidArgumentError` that names what is allowed. */

/** Epoch seconds, or an ISO 8601 date; a date without a zone is in UTC. */
export function timeArgument(text: string): number {
  const zoned = /T\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(text) ? `${text}Z` : text;
  const time = epochSeconds(zoned);
  if (time === undefined) {
    throw new InvalidArgumentError('Give epoch seconds or an ISO 8601 date, such as 2026-01-31T12:00Z.');
  }
  return time;
}

export function streamArgument(text: string): Stream {
  const stream = STREAMS.find((known) => known === text);
  if (stream) return stream;
  throw new InvalidArgumentError(`Allowed: ${STREAMS.join(', ')}.`);
}

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: MINUTE_SECONDS,
  h: HOUR_SECONDS,
  d: DAY_SECONDS,
};

/** A length such as `90s`, `15m`, `3h` or `2d`, in seconds. */
export function lengthArgument(text: string): number {
  const [, digits, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const seconds = Number(digits) * (UNIT_SECONDS[unit] ?? 0);
  if (!(seconds > 0)) throw new InvalidArgumentError('Give a length such as 90s, 15m, 3h or 2d.');
  return seconds;
}

/** A whole number from 1. */
export function countArgument(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('Give a whole number from 1.');
  return value;
}

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
