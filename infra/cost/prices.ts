/**
 * List prices of AWS in US East (N. Virginia), in US dollars, without free tiers, discounts and taxes. Source: the pricing pages of the
 * services.
 */
export const PRICES = {
  /** A custom metric for a month, prorated by the hours in which it has a value. */
  metricMonth: 0.3,
  /** A metric in an alarm of standard resolution, for a month. */
  alarmMetricMonth: 0.1,
  compositeAlarmMonth: 0.5,
  secretMonth: 0.4,
  secretRead: 0.05 / 10_000,
  /** On arm64. */
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2e-6,
  dynamoWriteUnit: 0.625e-6,
  dynamoReadUnit: 0.125e-6,
  /** Storage of a table, and its point-in-time recovery, for a month. */
  dynamoGbMonth: 0.25,
  recoveryGbMonth: 0.2,
  logGb: 0.5,
  logGbMonth: 0.03,
  schedulerStart: 1e-6,
  stateTransition: 0.025e-3,
  trafficGb: 0.09,
} as const;
