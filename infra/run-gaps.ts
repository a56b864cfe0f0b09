import { Duration } from 'aws-cdk-lib';
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { DEFAULT_INTERVAL_SECONDS, HOUR_SECONDS } from '../lambda/limits.ts';
import { cronGaps } from '../lambda/settings/deployment/cron-gaps.ts';

/** How far apart the runs of a forwarder are. */
export interface RunGaps {
  readonly shortest: Duration;
  readonly longest: Duration;
  /** By how much a run may come later than the longest gap says. */
  readonly delay: Duration;
  /** What the user should know of the schedule. */
  readonly warnings: readonly string[];
}

const NOTHING = Duration.minutes(0);
const REPEATED_HOUR = Duration.hours(1);

/** Whether the clock of a time zone is changed during the year. */
export function hasSummerTime(timeZone: string): boolean {
  const hours = new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', hourCycle: 'h23' });
  const noons = Array.from({ length: 12 }, (_, month) => hours.format(Date.UTC(2026, month, 15, 12)));
  return new Set(noons).size > 1;
}

/**
 * The times between two runs.
 * @param props the interval that was given, by default five minutes; an expression instead of it; the window of the starts
 */
export function runGaps({
  interval = Duration.seconds(DEFAULT_INTERVAL_SECONDS),
  schedule,
  window = NOTHING,
}: {
  interval?: Duration | undefined;
  schedule?: ScheduleExpression | undefined;
  window?: Duration | undefined;
}): RunGaps {
  const expression = schedule?.expressionString ?? '';
  if (!expression.startsWith('cron(')) {
    return { shortest: interval, longest: interval, delay: window, warnings: [] };
  }
  const { shortest, longest, where } = cronGaps(expression);
  const isLonger = Number.isFinite(longest) && longest > interval.toSeconds();
  const zone = schedule?.timeZone?.timezoneName;
  const changes = zone !== undefined && hasSummerTime(zone);
  // With runs all day, an hour more would make every alarm that much later, for the sake of one night.
  const isAllDay = longest < HOUR_SECONDS;
  return {
    shortest: Duration.seconds(Math.min(shortest, interval.toSeconds())),
    longest: isLonger ? Duration.seconds(longest) : interval,
    delay: changes && !isAllDay ? window.plus(REPEATED_HOUR) : window,
    warnings: [
      ...(isLonger
        ? [
            `${expression} leaves a gap of ${Duration.seconds(longest).toHumanString()}, from ${where}, and the interval (scheduleIntervalMinutes) says ${interval.toHumanString()}. The alarms go by the gap. Set the interval to ${longest / 60} minutes.`,
          ]
        : []),
      ...(changes && isAllDay
        ? [
            `In the night in which summer time ends, EventBridge Scheduler skips the hour that ${zone} repeats, and an alarm reports that nothing runs. Leave out the time zone: in UTC there is no such hour.`,
          ]
        : []),
    ],
  };
}
