import type { Duration } from 'aws-cdk-lib';

/** When alarms are raised. What is left out follows from schedule and look-back, as docs/runbook.md describes. */
export interface AlarmThresholds {
  /**
   * How long new records may wait before `watermark-age-warning` is raised.
   * @default three intervals, and at least a quarter of an hour
   */
  readonly watermarkAgeWarning?: Duration | undefined;
  /**
   * How long new records may wait before `watermark-age-critical` is raised.
   * @default 12 hours, or less where runs are more than five hours apart
   */
  readonly watermarkAgeCritical?: Duration | undefined;
  /**
   * How far back the second read of records may be before `final-watermark-age` is raised.
   * @default the look-back and six hours, or two sweeps
   */
  readonly finalWatermarkAge?: Duration | undefined;
  /**
   * How long Valence may show no new record before `silence` is raised.
   * @default one day
   */
  readonly silence?: Duration | undefined;
  /**
   * Share of the timeout that a run may take before `duration` is raised, from 0 to 1.
   * @default 0.8
   */
  readonly durationShare?: number | undefined;
  /**
   * Write units of the state table in an hour before `table-writes` is raised.
   * @default 500000
   */
  readonly tableWritesPerHour?: number | undefined;
}

/** What is wrong with thresholds; each begins with the name of the prop. */
export function thresholdProblems(thresholds: AlarmThresholds = {}): string[] {
  const { watermarkAgeWarning: warning, watermarkAgeCritical: critical } = thresholds;
  const { durationShare = 0.5, tableWritesPerHour = 1 } = thresholds;
  const problems: string[] = [];
  for (const name of [
    'watermarkAgeWarning',
    'watermarkAgeCritical',
    'finalWatermarkAge',
    'silence',
  ] as const) {
    if (thresholds[name]?.toSeconds() === 0)
      problems.push(`alarmThresholds.${name}: must be more than no time at all.`);
  }
  if (warning && critical && warning.toSeconds() >= critical.toSeconds())
    problems.push(
      `alarmThresholds.watermarkAgeWarning = ${warning.toHumanString()}: must be below watermarkAgeCritical, which is ${critical.toHumanString()}.`,
    );
  if (!(durationShare > 0 && durationShare <= 1))
    problems.push(`alarmThresholds.durationShare = ${durationShare}: must be above 0 and at most 1.`);
  if (!(tableWritesPerHour > 0))
    problems.push(`alarmThresholds.tableWritesPerHour = ${tableWritesPerHour}: must be above 0.`);
  return problems;
}
