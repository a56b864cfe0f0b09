/**
 * How far a stream may be behind. The run summaries that Datadog watches and the alarms of CloudWatch both import this
 * file, so that they cannot disagree.
 */

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;

/** Three runs at the default schedule: for so long something may go wrong before CloudWatch tells somebody. */
export const PATIENCE_SECONDS = 15 * MINUTE_SECONDS;

/**
 * Watermark age that a run summary warns of. CloudWatch warns after as little as {@link PATIENCE_SECONDS}, because it
 * knows the schedule and tells the operator; this is for those who work with the logs.
 */
export const LAG_WARN_SECONDS = HOUR_SECONDS;

/** Records this old are five hours from being re-dated, and six from Datadog's own limit of 18 hours. */
export const LAG_CRITICAL_SECONDS = 12 * HOUR_SECONDS;

export const LAGS = ['ok', 'warn', 'critical'] as const;

/** How late a stream is. */
export type Lag = (typeof LAGS)[number];

/**
 * How late a stream is by the age of its watermark.
 * @param age seconds; undefined when it is not known, and who cannot tell may be late
 * @param settle seconds that are left alone on purpose, which is no delay
 */
export function lagOf(age: number | undefined, settle: number): Lag {
  if (age === undefined) return 'warn';
  if (age > LAG_CRITICAL_SECONDS) return 'critical';
  return age > Math.max(LAG_WARN_SECONDS, settle + PATIENCE_SECONDS) ? 'warn' : 'ok';
}

/** The worst of several; `ok` of none. */
export const worstLag = (lags: readonly Lag[]): Lag => LAGS.findLast((lag) => lags.includes(lag)) ?? 'ok';
