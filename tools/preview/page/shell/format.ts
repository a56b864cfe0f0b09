const WHOLE = new Intl.NumberFormat('en-US');
const SHORT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** `12,345` */
export const whole = (value: number): string => WHOLE.format(value);

/** A number of things: `1 log`, `12,345 logs`. @param several what several are called @default `one` with an s */
export const counted = (number: number, one: string, several = `${one}s`): string =>
  `${whole(number)} ${number === 1 ? one : several}`;

/** Laying out a text without spaces takes time with the square of its length. */
const MOST_CHARACTERS = 5_000;

/** The beginning of a long text, and how long all of it is. */
export const cut = (text: string): string =>
  text.length <= MOST_CHARACTERS
    ? text
    : `${text.slice(0, MOST_CHARACTERS)}… (the first ${whole(MOST_CHARACTERS)} of ${counted(text.length, 'character')})`;

/** A count in a few characters: `9,999`, `12.3K`. */
export const short = (value: number): string =>
  Math.abs(value) < 10_000 ? whole(value) : SHORT.format(value);

const two = (value: number) => String(value).padStart(2, '0');

/** `2026-12-01 09:05:07` in UTC, as all times of the page. @param time epoch milliseconds */
export const time = (time: number): string => new Date(time).toISOString().slice(0, 19).replace('T', ' ');

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2026-12-01` in UTC. @param time epoch milliseconds */
export const date = (at: number): string => time(at).slice(0, 10);

/** `Dec 01` in UTC. @param time epoch milliseconds */
export function day(time: number): string {
  const date = new Date(time);
  return `${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())}`;
}

/** `09:05` in UTC. @param time epoch milliseconds */
export function clock(time: number): string {
  const date = new Date(time);
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

/** A facet in a few characters: the last two parts of its path. */
export const facetName = (facet: string): string => facet.replace(/^@/, '').split('.').slice(-2).join('.');

const UNITS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** A length of time in its largest unit, and the rest in the next one: `2 h 5 min`. @param seconds a negative one counts as zero */
export function length(seconds: number): string {
  const rounded = Math.max(0, Math.round(seconds));
  const first = UNITS.findIndex(([size]) => rounded >= size);
  const [[size, unit] = [1, 's'], smaller] = UNITS.slice(first === -1 ? UNITS.length - 1 : first);
  const rest = smaller ? Math.floor((rounded % size) / smaller[0]) : 0;
  return `${Math.floor(rounded / size)} ${unit}${smaller && rest > 0 ? ` ${rest} ${smaller[1]}` : ''}`;
}
