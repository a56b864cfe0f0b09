import { HOUR_SECONDS, MINUTE_SECONDS, PATIENCE_SECONDS, sweepCycleSeconds } from '../../../lambda/limits.ts';
import { WINDOW_SHARE } from '../../run-timeout.ts';

/** Share of the timeout that a run may need. */
export const BUSY_SHARE = 0.8;

const FINALITY_SLACK_SECONDS = 6 * HOUR_SECONDS;
const SWEEPS_ALLOWED = 2;

/** The end of a run is this much later than an interval after the one before at most: it starts late, and lasts longer. */
const LONGEST_RUN_SECONDS = 30 * MINUTE_SECONDS;

/** The time that alarms wait in addition to an interval, and to the delay of a start. */
const slackOf = (interval: number, delay = 0): number =>
  Math.max(Math.min(interval, HOUR_SECONDS), delay + Math.min(interval, LONGEST_RUN_SECONDS));

/**
 * Periods and thresholds of the alarms, in whole seconds. `interval` is the longest time between two scheduled runs, `delay` by how
 * much a start may come later than that, by default as much as the starts of several forwarders are spread.
 */
export const alarmTiming = {
  /**
   * Period of alarms that look at several periods. Periods are short, because CloudWatch evaluates two or three periods more than an
   * alarm has, and prefers old data there to missing ones: with periods of a day, it would miss a stopped forwarder for days.
   */
  step: 5 * MINUTE_SECONDS,

  /** How many steps a time takes. */
  steps: (seconds: number): number => Math.ceil(seconds / alarmTiming.step),

  /** Period of alarms on single runs: a shorter one would be empty most of the time. */
  runPeriod: (interval: number): number => Math.max(interval, alarmTiming.step),

  /** After how many bad periods in a row an alarm is raised: 3 at five minutes, 1 from a quarter of an hour on. */
  badRuns: (interval: number): number => Math.ceil(PATIENCE_SECONDS / alarmTiming.runPeriod(interval)),

  /**
   * Time that always contains the end of a run. CloudWatch moves the window every minute, and runs start some seconds early or late
   * and last for minutes, so a window of one interval may contain none.
   */
  watchPeriod: (interval: number, delay = interval * WINDOW_SHARE): number =>
    Math.max(interval + slackOf(interval, delay), PATIENCE_SECONDS),

  /**
   * How long a bad run counts for an alarm on a metric that good runs do not write: until the next run has ended, where no night without
   * runs begins. Never longer than {@link watchPeriod}, so that the alarm `not-set-up` does not end before it.
   * @param spacing the shortest time between two scheduled runs
   */
  heldPeriod: (spacing: number, delay: number): number =>
    alarmTiming.watchPeriod(spacing, Math.min(delay, spacing * WINDOW_SHARE)),

  /** Time that always contains as many runs as {@link badRuns}, and one more where runs are less than an hour apart. */
  failurePeriod: (interval: number): number => {
    const period = alarmTiming.runPeriod(interval);
    return alarmTiming.badRuns(interval) * period + slackOf(period);
  },

  /** Period of alarms on metrics that change slowly. */
  slowPeriod: (interval: number): number => Math.max(interval, HOUR_SECONDS),

  /** How long the first run of a new deployment may take to report, before its absence is worth a notification. */
  firstRunPeriod: (interval: number, delay: number): number => interval + delay + LONGEST_RUN_SECONDS,

  /** Time that always contains the end of a run, and at least an hour: what is critical is shown for as long. */
  criticalPeriod: (interval: number): number => Math.max(alarmTiming.watchPeriod(interval), HOUR_SECONDS),

  /**
   * Final watermark age to warn of: six hours above the look-back. The final watermark moves once per sweep, and the
   * sweep of a very long look-back takes longer than that.
   */
  finalAge: (lookback: number): number =>
    lookback + Math.max(FINALITY_SLACK_SECONDS, SWEEPS_ALLOWED * sweepCycleSeconds(lookback)),
};
