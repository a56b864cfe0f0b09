import { HOUR_SECONDS, MINUTE_SECONDS, PATIENCE_SECONDS, sweepCycleSeconds } from '../../../lambda/limits.ts';

/** Share of the timeout that a run may need. */
export const BUSY_SHARE = 0.8;

const FINALITY_SLACK_SECONDS = 6 * HOUR_SECONDS;
const SWEEPS_ALLOWED = 2;

/**
 * Periods and thresholds of the alarms, in whole seconds. Every period is at least the interval between two runs, because
 * a shorter one would be empty most of the time.
 */
export const alarmTiming = {
  /** Period of alarms on single runs. */
  runPeriod: (interval: number): number => Math.max(interval, 5 * MINUTE_SECONDS),

  /** After how many bad periods in a row an alarm is raised: 3 at five minutes, 1 from a quarter of an hour on. */
  badRuns: (interval: number): number => Math.ceil(PATIENCE_SECONDS / alarmTiming.runPeriod(interval)),

  /**
   * Period of alarms that treat missing data as bad. CloudWatch moves the window every minute, and runs start some
   * seconds early or late and last for minutes. So a window of one interval may contain no run at all. One of two
   * intervals always does, because timeout and flexible window together are shorter than an interval.
   */
  watchPeriod: (interval: number): number => Math.max(2 * interval, PATIENCE_SECONDS),

  /** Period of alarms on metrics that change slowly. */
  slowPeriod: (interval: number): number => Math.max(interval, HOUR_SECONDS),

  /** Watermark age to warn of. The settle time is no delay. */
  warningAge: (interval: number, settle: number): number =>
    Math.max(3 * interval, PATIENCE_SECONDS, settle + 2 * interval),

  /** Period of the critical alarm. Data that are missing for less than an hour concern only the warning. */
  criticalPeriod: (interval: number): number => Math.max(2 * interval, HOUR_SECONDS),

  /**
   * Final watermark age to warn of: six hours above the look-back. The final watermark moves once per sweep, and the
   * sweep of a very long look-back takes longer than that.
   */
  finalAge: (lookback: number): number =>
    lookback + Math.max(FINALITY_SLACK_SECONDS, SWEEPS_ALLOWED * sweepCycleSeconds(lookback)),
};
