import { tellFailure } from './failure.ts';

/** What a command has to say, for people and for programs. */
export interface Output {
  /** A line for people; programs do not get it. */
  say(text: string): void;
  /** The result, once: `value` as one line of JSON for programs, `text` for people. */
  result(value: object, text: string): void;
  /** Why something failed that the command goes on after. */
  failure(error: unknown): void;
}

export const outputFor = (json: boolean): Output => ({
  say: (text) => {
    if (!json) process.stdout.write(`${text}\n`);
  },
  result: (value, text) => void process.stdout.write(`${json ? JSON.stringify(value) : text}\n`),
  failure: (error) => tellFailure(error, json),
});

/** Epoch seconds in UTC, to the second. */
export const utc = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** A length of time in its two largest units: `2 h 5 min`. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const first = UNITS.findIndex(([, length]) => whole >= length);
  if (first < 0) return '0 s';
  return UNITS.slice(first, first + 2)
    .map(([unit, length], index) => {
      const above = index === 0 ? Number.POSITIVE_INFINITY : (UNITS[first]?.[1] ?? 1);
      return [Math.floor((whole % above) / length), unit] as const;
    })
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

export const count = (value: number): string => value.toLocaleString('en-US');

/** Rows under headings, columns aligned; numbers stand to the right. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const numeric = headings.map((_, column) => rows.every((row) => /^[\d,.]*$|^-$/.test(row[column] ?? '')));
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          numeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
