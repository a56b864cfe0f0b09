import humanizeDuration from 'humanize-duration';

/** Epoch seconds in UTC, to the second: `2026-01-31T12:00:00Z`. */
export const utc = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

/** A count with separators: `1,234,567`. */
export const count = (value: number): string => value.toLocaleString('en-US');

/**
 * A count with what is counted: `1 record`, `1,200 records`.
 * @param several what several are called @default `one` with an s
 */
export const counted = (value: number, one: string, several = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : several}`;

const inTwoUnits = humanizeDuration.humanizer({
  units: ['d', 'h', 'm', 's'],
  largest: 2,
  round: true,
  delimiter: ' ',
  language: 'symbols',
  languages: { symbols: { d: () => 'd', h: () => 'h', m: () => 'min', s: () => 's' } },
});

/**
 * A length of time in its two largest units, rounded: `2 h 5 min`.
 * @param seconds a negative length counts as zero
 */
export const duration = (seconds: number): string => inTwoUnits(Math.max(0, seconds) * 1000);
