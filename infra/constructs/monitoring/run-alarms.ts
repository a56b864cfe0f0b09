import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { STACK_OUTPUTS } from '../../../lambda/contract.ts';
import type { AlarmSpec } from './alarm-factory.ts';
import { runMetric } from './metrics.ts';
import { alarmTiming, BUSY_SHARE } from './timing.ts';
import { paceSeconds, type Watched } from './watched.ts';

/**
 * More write units in an hour than any healthy forwarder uses: the ledger takes at most 40 for 1,000 records, so these are 12 million
 * records. They cost 0.31 US dollars in us-east-1.
 */
const MAX_HOURLY_WRITE_UNITS = 500_000;

const { GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD } = ComparisonOperator;

/** Alarms on runs, independent of the stream. */
export function runAlarms(watched: Watched): AlarmSpec[] {
  const { config, function: handler, table, timeout, interval, spacing, outputPrefix = '' } = watched;
  const { durationShare = BUSY_SHARE, tableWritesPerHour = MAX_HOURLY_WRITE_UNITS } =
    watched.alarmThresholds ?? {};
  const [seconds, delay] = paceSeconds(watched);
  const periods = alarmTiming.badRuns(spacing.toSeconds());
  const perRun = { period: Duration.seconds(alarmTiming.runPeriod(spacing.toSeconds())) };
  const watch = { period: Duration.seconds(alarmTiming.watchPeriod(seconds, delay)) };
  const step = Duration.seconds(alarmTiming.step);
  const inARow = periods === 1 ? 'The last run' : `The last ${periods} runs`;
  return [
    {
      kind: 'errors',
      what: `${inARow} of the forwarder failed. Nothing is lost: the next successful run continues from the saved watermark. The log line with event "stream-failed" names stream, code and fix.`,
      metric: handler.metricErrors({ ...perRun, statistic: Stats.SUM }),
      is: GREATER_THAN_THRESHOLD,
      threshold: 0,
      periods,
      // A failure is over when a run succeeds, not when a night without runs begins. Another alarm reports that nothing runs.
      missing: TreatMissingData.IGNORE,
    },
    {
      kind: 'not-running',
      what: `The forwarder has not started for ${watch.period.toHumanString()}, although it is scheduled every ${interval.toHumanString()}. Nothing is lost yet: the next run continues from the saved watermark.`,
      metric: handler.metricInvocations({ period: step, statistic: Stats.SUM }),
      is: LESS_THAN_THRESHOLD,
      threshold: 1,
      periods: alarmTiming.steps(watch.period.toSeconds()),
      // Lambda publishes nothing, not even a zero, while the function does not run.
      missing: TreatMissingData.BREACHING,
    },
    {
      kind: 'duration',
      what: `${inARow} of the forwarder took more than ${Math.round(durationShare * 100)} % of the timeout of ${timeout.toHumanString()}. It is catching up after an outage, or Valence or Datadog is slow, or there are more records than one run can forward.`,
      metric: handler.metricDuration({ ...perRun, statistic: Stats.MAXIMUM }),
      is: GREATER_THAN_THRESHOLD,
      threshold: durationShare * timeout.toMilliseconds(),
      periods,
      missing: TreatMissingData.NOT_BREACHING,
    },
    {
      kind: 'throttles',
      what: 'Lambda did not start the forwarder because the concurrency of the account, or the concurrency reserved for the function, was used up.',
      metric: handler.metricThrottles({ ...perRun, statistic: Stats.SUM }),
      is: GREATER_THAN_THRESHOLD,
      threshold: 0,
      periods,
      missing: TreatMissingData.NOT_BREACHING,
    },
    {
      kind: 'credential-failures',
      what: `Valence or Datadog refused its API key, or a key could not be read. Store a valid key in the secret that the log line with event "stream-failed" names; the stack outputs ${outputPrefix}${STACK_OUTPUTS.storeValenceKey} and ${outputPrefix}${STACK_OUTPUTS.storeDatadogKey} hold the commands. Until then the stream waits, and nothing is lost.`,
      metric: runMetric(config.tenant, 'CredentialFailures', { period: step, statistic: Stats.SUM }),
      is: GREATER_THAN_THRESHOLD,
      threshold: 0,
      // At once: a refused key stays refused until a user replaces it. Only runs that it stops write the metric.
      periods: alarmTiming.steps(alarmTiming.heldPeriod(spacing.toSeconds(), delay)),
      bad: 1,
      missing: TreatMissingData.NOT_BREACHING,
    },
    {
      kind: 'holes',
      what: 'Valence has refused ranges for at least 15 minutes, while it answers others. Their records are not in Datadog yet; the forwarder asks for them again every hour. The log line with event "holes-open" lists the ranges.',
      metric: runMetric(config.tenant, 'Holes', { ...watch, statistic: Stats.MAXIMUM }),
      is: GREATER_THAN_THRESHOLD,
      threshold: 0,
      periods: 1,
      // The alarms on the runs report missing data; this one keeps its state until there is new data.
      missing: TreatMissingData.IGNORE,
    },
    {
      kind: 'table-writes',
      what: `The state table took more than ${tableWritesPerHour.toLocaleString('en')} write units within an hour. Valence may return far more records than there are events, for example new contents each time, and each is forwarded and billed.`,
      // DynamoDB's own metric: it also counts what others write to the table.
      metric: table.metricConsumedWriteCapacityUnits({ statistic: Stats.SUM, period: Duration.hours(1) }),
      is: GREATER_THAN_THRESHOLD,
      threshold: tableWritesPerHour,
      periods: 1,
      // DynamoDB publishes nothing while the table is not written to.
      missing: TreatMissingData.NOT_BREACHING,
    },
  ];
}
