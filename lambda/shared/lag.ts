import { LAG_CRITICAL_SECONDS, LAG_WARN_SECONDS, PATIENCE_SECONDS } from '../limits.ts';

/**
 * How far a stream may be behind. The run summaries that Datadog watches and the alarms of CloudWatch both import this
 * file, so that they cannot disagree.
 */

export const LAGS = ['ok', 'warn', 'critical'] as const;

/** How late a stream is. */
export type Lag = (typeof LAGS)[number];

/**
 * How late a stream is by the age of its watermark.
 * @param age seconds; undefined when it is not known, which counts as late
 * @param settle the settle time in seconds, which is no delay
 */
export function lagOf(age: number | undefined, settle: number): Lag {
  if (age === undefined) return 'warn';
  if (age > LAG_CRITICAL_SECONDS) return 'critical';
  return age > Math.max(LAG_WARN_SECONDS, settle + PATIENCE_SECONDS) ? 'warn' : 'ok';
}

/** The worst of several; `ok` of none. */
export const worstLag = (lags: readonly Lag[]): Lag => LAGS.findLast((lag) => lags.includes(lag)) ?? 'ok';
