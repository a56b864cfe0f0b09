import { LAG_CRITICAL_SECONDS, LAG_WARN_SECONDS, OLDEST_DATED_SECONDS, PATIENCE_SECONDS } from '../limits.ts';

/**
 * How far a stream may be behind. The run summaries that Datadog watches and the alarms of CloudWatch both import this
 * file, so that they cannot disagree. All values are seconds.
 */

export const LAGS = ['ok', 'warn', 'critical'] as const;

/** How late a stream is. */
export type Lag = (typeof LAGS)[number];

/** What the lag of a forwarder is measured by, in seconds. */
export interface Pace {
  /** The longest time between two runs. */
  readonly interval: number;
  /** The settle time, which is no delay. */
  readonly settle: number;
}

/** Watermark age that is critical: the run after the next one would find records that are too old for their own date. */
export const criticalAge = ({ interval }: Pick<Pace, 'interval'>): number =>
  Math.min(LAG_CRITICAL_SECONDS, OLDEST_DATED_SECONDS - interval);

/** Watermark age that the alarms warn of: three intervals, and at most half of what is critical. */
export const warningAge = ({ interval, settle }: Pace): number =>
  Math.min(
    Math.max(3 * interval, PATIENCE_SECONDS, settle + 2 * interval),
    Math.floor(criticalAge({ interval }) / 2),
  );

/** Watermark age at which run summaries warn: never before the alarms do. */
export const lateAge = (pace: Pace): number =>
  Math.max(LAG_WARN_SECONDS, pace.settle + PATIENCE_SECONDS, warningAge(pace));

/**
 * How late a stream is by the age of its watermark at the end of a run.
 * @param age seconds; undefined when it is not known, which counts as late
 */
export function lagOf(age: number | undefined, pace: Pace): Lag {
  if (age === undefined) return 'warn';
  if (age > criticalAge(pace)) return 'critical';
  return age > lateAge(pace) ? 'warn' : 'ok';
}

/**
 * How late a stream is at any moment: the time since its last run counts only as far as another one is due.
 * @param state watermark and start of the last run, epoch seconds
 * @param now epoch seconds
 */
export const lagNow = (
  { watermark, lastRunAt }: { watermark: number; lastRunAt: number },
  now: number,
  pace: Pace,
): Lag => lagOf(now - watermark - Math.min(pace.interval, Math.max(0, now - lastRunAt)), pace);

/** The worst of several; `ok` of none. */
export const worstLag = (lags: readonly Lag[]): Lag => LAGS.findLast((lag) => lags.includes(lag)) ?? 'ok';
