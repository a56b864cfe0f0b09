import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Stream } from '../../../lambda/contract.ts';
import { OLDEST_DATED_SECONDS, PATIENCE_SECONDS, SILENCE_SECONDS } from '../../../lambda/limits.ts';
import type { AlarmSpec } from './alarm-factory.ts';
import { streamMetric } from './metrics.ts';
import { alarmTiming } from './timing.ts';
import { ageLimits, paceSeconds, type Watched } from './watched.ts';

const text = (seconds: number) => Duration.seconds(seconds).toHumanString();

/** Alarms on one stream. */
export function streamAlarms(watched: Watched, stream: Stream): AlarmSpec[] {
  const { tenant, lookbackSeconds } = watched.config;
  const [seconds, delay] = paceSeconds(watched);
  const { step, steps } = alarmTiming;
  const given = watched.alarmThresholds ?? {};
  const { late, tooLate } = ageLimits(watched);
  const finalAge = given.finalWatermarkAge?.toSeconds() ?? alarmTiming.finalAge(lookbackSeconds[stream]);
  const silence = given.silence?.toSeconds() ?? SILENCE_SECONDS;
  const above = { stream, is: ComparisonOperator.GREATER_THAN_THRESHOLD, periods: 1 };
  const metric = (name: Parameters<typeof streamMetric>[2], statistic: string, period: number) =>
    streamMetric(tenant, stream, name, { statistic, period: Duration.seconds(period) });
  return [
    {
      ...above,
      kind: 'watermark-age-warning',
      what: `New ${stream} have not been forwarded for more than ${text(late)}, or the forwarder does not report. They reach Datadog late; nothing is lost.`,
      metric: metric('WatermarkAge', Stats.MAXIMUM, step),
      threshold: late,
      periods: steps(alarmTiming.watchPeriod(seconds, delay)),
      // A forwarder that cannot read its state, or does not run, does not report how late it is.
      missing: TreatMissingData.BREACHING,
    },
    {
      ...above,
      kind: 'watermark-age-critical',
      what: `New ${stream} have not been forwarded for more than ${text(tooLate)}. Records older than ${text(OLDEST_DATED_SECONDS)} get the time of their arrival in Datadog, and detection rules see them too late.`,
      metric: metric('WatermarkAge', Stats.MAXIMUM, step),
      threshold: tooLate,
      // Another alarm reports that there are no data; this one keeps its state until there are.
      missing: TreatMissingData.IGNORE,
    },
    {
      ...above,
      kind: 'final-watermark-age',
      what: `The second read of ${stream} is behind: the last ${text(finalAge)} have not been read again. Records that appear late in Valence may reach Datadog later than promised.`,
      // The best run of the period counts, so that the alarm ends as soon as its cause is fixed.
      metric: metric('FinalWatermarkAge', Stats.MINIMUM, alarmTiming.slowPeriod(seconds)),
      threshold: finalAge,
      // The alarm on the watermark reports missing data; this one keeps its state until there is new data.
      missing: TreatMissingData.IGNORE,
    },
    {
      ...above,
      kind: 'silence',
      what: `Valence has returned no new record of ${stream} for ${text(silence)}. Either nothing happened there, or a setting is wrong and every page is empty.`,
      metric: metric('SilenceAge', Stats.MINIMUM, alarmTiming.slowPeriod(seconds)),
      threshold: silence,
      // As for the final watermark.
      missing: TreatMissingData.IGNORE,
    },
    {
      ...above,
      kind: 'quarantined-logs',
      what: `Datadog rejected records of ${stream}. They are not in Datadog; the quarantine bucket keeps them until they expire.`,
      metric: metric('LogsQuarantined', Stats.SUM, step),
      threshold: 0,
      // At once, and for a quarter of an hour, whatever the next run does: long enough to be noticed. Only runs that quarantine
      // something write the metric.
      periods: steps(PATIENCE_SECONDS),
      bad: 1,
      missing: TreatMissingData.NOT_BREACHING,
    },
  ];
}
