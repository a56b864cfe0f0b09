import { Duration } from 'aws-cdk-lib/core';
import * as z from 'zod/mini';
import { MAX_INTERVAL_SECONDS } from '../../limits.ts';
import { plainText } from '../readers.ts';
import { cronFieldProblem } from './cron-fields.ts';
import { cronGaps } from './cron-gaps.ts';

/** The longest time between two runs. */
export const MAX_INTERVAL = Duration.seconds(MAX_INTERVAL_SECONDS);
/** EventBridge Scheduler counts in whole minutes. */
const MIN_INTERVAL = Duration.minutes(1);

/** The interval in words, for messages and docs. */
export const ALLOWED_INTERVAL = 'from 1 minute to 12 hours';

const RATE = /^rate\(\s*(\d+)\s+(minute|hour)s?\s*\)$/;
/** A number with more digits is too long an interval, and may be too large to compute with. */
const MAX_DIGITS = 6;
const CRON = /^cron\((.*)\)$/;

/** Minutes, hours, day of month, month, day of week, year. Source: EventBridge Scheduler user guide, "Cron-based schedules". */
const CRON_FIELDS = 6;
const CRON_FIELD = /^[\dA-Z*?,/#LW-]+$/i;

/** When runs start: evenly spaced, or by a cron expression. */
export type When = { interval: Duration } | { cron: string };

/** Whether runs may start this far apart. */
export const isAllowedInterval = (interval: Duration): boolean =>
  interval.toSeconds() % 60 === 0 &&
  interval.toSeconds() >= MIN_INTERVAL.toSeconds() &&
  interval.toSeconds() <= MAX_INTERVAL.toSeconds();

/** @returns what is wrong with the longest gap between two runs, if it is too long */
export function gapProblem(expression: string): string | undefined {
  const { longest, where } = cronGaps(expression);
  if (longest <= MAX_INTERVAL.toSeconds()) return undefined;
  const gap = Number.isFinite(longest)
    ? `${Duration.seconds(longest).toHumanString()}, from ${where}`
    : 'days';
  return `leaves a gap of ${gap}, and ${MAX_INTERVAL.toHumanString()} are allowed: after a run that fails, Datadog would refuse the time of the records, which may be 18 hours old. Let it run at least twice a day, on every day`;
}

function cronProblem(expression: string): string | undefined {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== CRON_FIELDS || !fields.every((field) => CRON_FIELD.test(field))) {
    return 'is not a cron expression of EventBridge, which has six fields: minutes, hours, day of month, month, day of week, year';
  }
  const unset = [fields[2], fields[4]].filter((field) => field === '?').length;
  if (unset === 1) return cronFieldProblem(fields) ?? gapProblem(expression);
  return 'must have ? as its day of month or as its day of week, and not as both';
}

/** `rate(5 minutes)`, `rate(1 hour)` or `cron(0/10 * * * ? *)`. */
export const scheduleExpression = () =>
  z.pipe(
    plainText(),
    z.transform((text, { issues }): When => {
      const refuse = (message: string) => {
        issues.push({ code: 'custom', message, input: text });
        return z.NEVER;
      };
      const expression = text.trim();
      const [, cron] = CRON.exec(expression) ?? [];
      if (cron !== undefined) {
        const problem = cronProblem(cron);
        return problem ? refuse(problem) : { cron: expression };
      }
      const [, amount, unit] = RATE.exec(expression) ?? [];
      if (!amount) return refuse('is neither a rate nor a cron expression');
      if (amount.length > MAX_DIGITS) return refuse('is too short or too long');
      const interval = unit === 'hour' ? Duration.hours(Number(amount)) : Duration.minutes(Number(amount));
      return isAllowedInterval(interval) ? { interval } : refuse('is too short or too long');
    }),
  );
