import { HOUR_SECONDS, MINUTE_SECONDS, PATIENCE_SECONDS, sweepCycleSeconds } from '../../../lambda/limits.ts';

/** Share of the timeout that a run may need. */
export const BUSY_SHARE = 0.8;

const FINALITY_SLACK_SECONDS = 6 * HOUR_SECONDS;
const SWEEPS_ALLOWED = 2;

/**
 * When alarms look, and at what. All in whole seconds; every period is at least the interval between two runs, because a
 * shorter one would be empty most of the time and say nothing.
 */
export const alarmTiming = {
  /** Of alarms that judge runs one by one. */
  runPeriod: (interval: number): number => Math.max(interval, 5 * MINUTE_SECONDS),

  /** After how many bad periods in a row an alarm is raised: 3 at five minutes, 1 from a quarter of an hour on. */
  badRuns: (interval: number): number => Math.ceil(PATIENCE_SECONDS / alarmTiming.runPeriod(interval)),

  /**
   * Of alarms that take missing data for bad. CloudWatch moves the window every minute, and runs start some seconds
   * early or late and last for minutes: in a window of one interval there may be no run at all, in one of two intervals
   * there always is, because timeout and flexible window together are shorter than an interval.
   */
  watchPeriod: (interval: number): number => Math.max(2 * interval, PATIENCE_SECONDS),

  /** Of alarms on what changes slowly. */
  slowPeriod: (interval: number): number => Math.max(interval, HOUR_SECONDS),

  /** Watermark age to warn of. What the settle time holds back is no delay. */
  warningAge: (interval: number, settle: number): number =>
    Math.max(3 * interval, PATIENCE_SECONDS, settle + 2 * interval),

  /** Of the critical alarm: figures that are missing for less than an hour are the warning's business. */
  criticalPeriod: (interval: number): number => Math.max(2 * interval, HOUR_SECONDS),

  /**
   * Final watermark age to warn of: six hours above the look-back. The final watermark moves once per sweep, and the
   * sweep of a very long look-back takes longer than that.
   */
  finalAge: (lookback: number): number =>
    lookback + Math.max(FINALITY_SLACK_SECONDS, SWEEPS_ALLOWED * sweepCycleSeconds(lookback)),
};
