import type { Lived, Outcome } from '../support/cloudwatch/forwarder-life.ts';

const MINUTE = 60;

/** Monitoring whose alarms notify. */
export const NOTIFIED = { alarmEmail: 'oncall@example.com' };

/** Runs that have another outcome from a time on. */
export const from = (time: number, later: Outcome, before: Outcome) => (at: number) =>
  at >= time ? later : before;

/** The alarms that notified, in order. */
export const pagesOf = ({ notified }: Lived) => notified.map(({ alarm }) => alarm);
/** The alarms that were raised from a time on, each once. */
export const raisedFrom = ({ raised }: Lived, time: number) =>
  [...new Set(raised.filter(({ at }) => at >= time).map(({ alarm }) => alarm))].sort();
/** When an alarm notified, in minutes. */
export const minutesOf = ({ notified }: Lived, alarm: string) =>
  notified.filter((each) => each.alarm === alarm).map(({ at }) => at / MINUTE);

/** CloudWatch says neither how many periods it looks at nor how soon it shows data. */
export const WAYS = [
  { extraPeriods: 0, delay: 0 },
  { extraPeriods: 2, delay: 2 * MINUTE },
];

/** The alarms of both streams. */
export const perStream = (...alarms: string[]) =>
  alarms.flatMap((alarm) => [`${alarm}-alerts`, `${alarm}-audit-logs`]);

/** What an outage of half a day raises, the alarms that notify included. */
export const LONG_OUTAGE = [
  ...['errors', 'failed-events', 'records', 'stopped'],
  ...perStream('final-watermark-age', 'watermark-age-critical', 'watermark-age-warning'),
];
