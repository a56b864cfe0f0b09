import { Duration } from 'aws-cdk-lib';
import * as z from 'zod';

/**
 * The longest interval is also how long Lambda keeps an asynchronous event at most.
 * Source: Lambda API, `MaximumEventAgeInSeconds` (60 to 21600).
 */
const MAX_INTERVAL = Duration.hours(6);
/** EventBridge Scheduler counts in whole minutes. */
const MIN_INTERVAL = Duration.minutes(1);

/** The interval in words, for messages and docs. */
export const ALLOWED_INTERVAL = 'from 1 minute to 6 hours';

const RATE = /^rate\(\s*(\d+)\s+(minute|hour)s?\s*\)$/;

/** Whether runs may start this far apart. */
export const isAllowedInterval = (interval: Duration): boolean =>
  interval.toSeconds() % 60 === 0 &&
  interval.toSeconds() >= MIN_INTERVAL.toSeconds() &&
  interval.toSeconds() <= MAX_INTERVAL.toSeconds();

/** A schedule `rate(5 minutes)` or `rate(1 hour)`, read as the interval between two runs. */
export const scheduleRate = () =>
  z.string({ error: 'is not text' }).transform((text, context) => {
    const refuse = (message: string) => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    if (text.startsWith('cron(')) {
      // Runs that are not evenly spaced have no one interval to hold the timeout and the age of an event against.
      return refuse('is a cron expression, and runs must be evenly spaced: use rate(...)');
    }
    const [, amount, unit] = RATE.exec(text.trim()) ?? [];
    if (!amount) return refuse('is not a rate expression');
    const interval = unit === 'hour' ? Duration.hours(Number(amount)) : Duration.minutes(Number(amount));
    return isAllowedInterval(interval) ? interval : refuse('is too short or too long');
  });
