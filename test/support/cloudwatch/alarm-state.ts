import type { MetricId, Statistic } from './metric-store.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** An alarm on a metric, as a template describes it. */
export interface MetricAlarm {
  name: string;
  metric: MetricId;
  statistic: Statistic;
  /** Seconds. */
  period: number;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  comparison: string;
  threshold: number;
  missing: string;
}

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/**
 * The state of an alarm after one evaluation.
 *
 * CloudWatch looks at more periods than the alarm has. If enough of them have data, the most recent of those decide, and missing
 * data count for nothing. Otherwise all data count, and missing ones only as often as needed. Source: CloudWatch user guide,
 * "Configuring how CloudWatch alarms treat missing data".
 *
 * The same values give the same state again.
 * @param values a value for each period that is looked at, the newest first
 */
export function nextState(
  alarm: MetricAlarm,
  values: readonly (number | undefined)[],
  before: AlarmState,
): AlarmState {
  const { evaluationPeriods, datapointsToAlarm, threshold, missing } = alarm;
  const isBad = COMPARISONS[alarm.comparison];
  if (!isBad) throw new Error(`${alarm.name}: ${alarm.comparison} is not simulated.`);
  const found = values.filter((value) => value !== undefined).slice(0, evaluationPeriods);
  const bad = found.filter((value) => isBad(value, threshold)).length;
  const gaps = evaluationPeriods - found.length;
  if (bad >= datapointsToAlarm) return 'ALARM';
  if (gaps === 0) return 'OK';
  switch (missing) {
    case 'breaching':
      return bad + gaps >= datapointsToAlarm ? 'ALARM' : 'OK';
    case 'notBreaching':
      return 'OK';
    case 'ignore':
      return found.length > bad ? 'OK' : before;
    case 'missing':
      return found.length > 0 ? 'OK' : 'INSUFFICIENT_DATA';
    default:
      throw new Error(`${alarm.name}: missing data that are ${missing} are not simulated.`);
  }
}
