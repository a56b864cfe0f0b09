import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '../../limits.ts';
import { cronValues } from './cron-fields.ts';

/** How far apart the runs of a cron expression are, by the clock of its time zone. */
export interface CronGaps {
  /** Seconds. */
  readonly shortest: number;
  /** Seconds; infinite if there are no two runs. */
  readonly longest: number;
  /** Where the longest gap is: `Friday 22:45 to Monday 06:00`. */
  readonly where: string;
}

/** Any first day will do, and four years have every sort of month. */
const FIRST_DAY = Date.UTC(2024, 0, 1);
const DAYS = 4 * 366;

const WEEKDAY = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' });

const named = (seconds: number): string => {
  const date = new Date(FIRST_DAY + seconds * 1000);
  return `${WEEKDAY.format(date)} ${date.toISOString().slice(11, 16)}`;
};

/** Seconds after the first day at which the days begin that a cron expression names. */
function daysOf(fields: readonly string[]): number[] {
  const [daysOfMonth, months, weekdays] = [2, 3, 4].map((index) => cronValues(fields, index));
  return Array.from({ length: DAYS }, (_, day) => day * DAY_SECONDS).filter((start) => {
    const date = new Date(FIRST_DAY + start * 1000);
    return (
      daysOfMonth?.has(date.getUTCDate()) &&
      months?.has(date.getUTCMonth() + 1) &&
      // Sunday is 1.
      weekdays?.has(date.getUTCDay() + 1)
    );
  });
}

/**
 * Finds the shortest and the longest time between two runs. The year is left out: a schedule that ends is no gap.
 * @param expression `cron(0/15 7-20 * * ? *)`, of which each field is allowed
 */
export function cronGaps(expression: string): CronGaps {
  const fields = expression
    .replace(/^cron\(|\)$/g, '')
    .trim()
    .split(/\s+/);
  const times = [...cronValues(fields, 1)]
    .flatMap((hour) =>
      [...cronValues(fields, 0)].map((minute) => hour * HOUR_SECONDS + minute * MINUTE_SECONDS),
    )
    .sort((a, b) => a - b);
  let found: CronGaps = { shortest: Infinity, longest: 0, where: '' };
  let before: number | undefined;
  for (const day of daysOf(fields)) {
    for (const time of times) {
      const at = day + time;
      if (before !== undefined) found = widened(found, before, at);
      before = at;
    }
  }
  return found.longest === 0 ? { ...found, longest: Infinity, where: 'one run to the next' } : found;
}

function widened({ shortest, longest, where }: CronGaps, from: number, to: number): CronGaps {
  const gap = to - from;
  return {
    shortest: Math.min(shortest, gap),
    longest: Math.max(longest, gap),
    where: gap > longest ? `${named(from)} to ${named(to)}` : where,
  };
}
