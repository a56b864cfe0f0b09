import { Duration } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { METRIC_NAMESPACE } from '../../lambda/contract.ts';
import { type AlarmProperties, alarmsOf, DAY, monitoredTemplate, referenceTo } from './monitored.ts';

const MINUTE = 60;
const HOUR = 3600;

const template = monitoredTemplate();
const alarms = alarmsOf(template);

/** What an alarm watches, with logical ids instead of references. */
const watchedBy = ({ Namespace, MetricName, Statistic, Dimensions }: AlarmProperties) => ({
  metric: `${Namespace} ${MetricName} ${Statistic}`,
  of: Object.fromEntries(
    Dimensions.map(({ Name, Value }) => [Name, (Value as { Ref?: string }).Ref ?? flat(Value)]),
  ),
});
const flat = (value: unknown) =>
  typeof value === 'string' ? value : (value as { 'Fn::GetAtt': string[] })['Fn::GetAtt'][0];

const FUNCTION = { FunctionName: referenceTo(template, 'AWS::Lambda::Function', 'Function') };
const [group] = Object.values(template.findResources('AWS::Scheduler::ScheduleGroup'));
const GROUP = { ScheduleGroup: group?.Properties.Name };
const DEAD_LETTERS = { QueueName: referenceTo(template, 'AWS::SQS::Queue', 'DeadLetters') };
const FAILURES = { QueueName: referenceTo(template, 'AWS::SQS::Queue', 'Failures') };
const TABLE = { TableName: referenceTo(template, 'AWS::DynamoDB::GlobalTable', 'Table') };
const OURS = METRIC_NAMESPACE;

interface Expected {
  name: string;
  metric: string;
  of: object;
  above: number;
  period: number;
  periods: number;
  /** All periods, if it is left out. */
  bad?: number;
  missing: string;
}

/** Of the default schedule: five minutes, timeout 240 s, look-back 24 h. */
const RUN_ALARMS: Expected[] = [
  {
    name: 'not-set-up',
    metric: `${OURS} NotSetUp Maximum`,
    of: { tenant: 'acme' },
    above: 0,
    period: 5,
    periods: 3,
    bad: 1,
    missing: 'notBreaching',
  },
  {
    name: 'errors',
    metric: 'AWS/Lambda Errors Sum',
    of: FUNCTION,
    above: 0,
    period: 5,
    periods: 3,
    missing: 'ignore',
  },
  {
    name: 'duration',
    metric: 'AWS/Lambda Duration Maximum',
    of: FUNCTION,
    above: 192_000,
    period: 5,
    periods: 3,
    missing: 'notBreaching',
  },
  {
    name: 'throttles',
    metric: 'AWS/Lambda Throttles Sum',
    of: FUNCTION,
    above: 0,
    period: 5,
    periods: 3,
    missing: 'notBreaching',
  },
  {
    name: 'credential-failures',
    metric: `${OURS} CredentialFailures Sum`,
    of: { tenant: 'acme' },
    above: 0,
    period: 5,
    periods: 3,
    bad: 1,
    missing: 'notBreaching',
  },
  {
    name: 'holes',
    metric: `${OURS} Holes Maximum`,
    of: { tenant: 'acme' },
    above: 0,
    period: 15,
    periods: 1,
    missing: 'ignore',
  },
  {
    name: 'table-writes',
    metric: 'AWS/DynamoDB ConsumedWriteCapacityUnits Sum',
    of: TABLE,
    above: 500_000,
    period: 60,
    periods: 1,
    missing: 'notBreaching',
  },
  {
    name: 'dropped-invocations',
    metric: 'AWS/Scheduler InvocationDroppedCount Sum',
    of: GROUP,
    above: 0,
    period: 5,
    periods: 4,
    bad: 3,
    missing: 'notBreaching',
  },
  {
    name: 'dead-letters',
    metric: 'AWS/SQS NumberOfMessagesSent Sum',
    of: DEAD_LETTERS,
    above: 0,
    period: 5,
    periods: 4,
    bad: 3,
    missing: 'notBreaching',
  },
  {
    name: 'failed-events',
    metric: 'AWS/SQS NumberOfMessagesSent Sum',
    of: FAILURES,
    above: 0,
    period: 5,
    periods: 4,
    bad: 3,
    missing: 'notBreaching',
  },
];
const STREAM_ALARMS: Expected[] = [
  {
    name: 'watermark-age-warning',
    metric: 'WatermarkAge Maximum',
    above: 15 * MINUTE,
    period: 5,
    periods: 3,
    missing: 'breaching',
  },
  {
    name: 'watermark-age-critical',
    metric: 'WatermarkAge Maximum',
    above: 12 * HOUR,
    period: 5,
    missing: 'ignore',
  },
  {
    name: 'final-watermark-age',
    metric: 'FinalWatermarkAge Minimum',
    above: 30 * HOUR,
    period: 60,
    missing: 'ignore',
  },
  { name: 'silence', metric: 'SilenceAge Minimum', above: DAY, period: 60, missing: 'ignore' },
  {
    name: 'quarantined-logs',
    metric: 'LogsQuarantined Sum',
    above: 0,
    period: 5,
    periods: 3,
    bad: 1,
    missing: 'notBreaching',
  },
].flatMap(({ name, metric, ...alarm }) =>
  ['alerts', 'audit-logs'].map((stream) => ({
    periods: 1,
    ...alarm,
    name: `${name}-${stream}`,
    metric: `${OURS} ${metric}`,
    of: { tenant: 'acme', stream },
  })),
);

describe('at the default schedule', () => {
  it.each([...RUN_ALARMS, ...STREAM_ALARMS])(
    '$name is raised when $metric is above $above for $periods periods of $period minutes, missing data being $missing',
    ({ name, metric, of, above, period, periods, bad = periods, missing }) => {
      const alarm = alarms[name] as AlarmProperties;
      expect(watchedBy(alarm)).toEqual({ metric, of });
      expect(alarm).toMatchObject({
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: above,
        Period: period * MINUTE,
        EvaluationPeriods: periods,
        DatapointsToAlarm: bad,
        TreatMissingData: missing,
      });
    },
  );

  it('not-running is raised when the function was not started for 15 minutes, for which Lambda writes no data', () => {
    const alarm = alarms['not-running'] as AlarmProperties;
    expect(watchedBy(alarm)).toEqual({ metric: 'AWS/Lambda Invocations Sum', of: FUNCTION });
    expect(alarm).toMatchObject({
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      Period: 5 * MINUTE,
      EvaluationPeriods: 3,
      TreatMissingData: 'breaching',
    });
  });

  it('there are these alarms and no others', () => {
    const names = [...RUN_ALARMS, ...STREAM_ALARMS].map(({ name }) => name);
    expect(Object.keys(alarms).sort()).toEqual([...names, 'not-running'].sort());
  });
});

describe.each([1, 4, 5, 7, 10, 14, 15, 60, 240, 360, 720])('at a schedule of %d minutes', (minutes) => {
  const interval = minutes * MINUTE;
  const scheduled = alarmsOf(
    monitoredTemplate({ interval: Duration.minutes(minutes), timeout: Duration.seconds(35) }),
  );
  // DynamoDB's own metric has nothing to do with the schedule.
  const { 'table-writes': _, ...paced } = scheduled;
  const all = Object.values(paced);
  const named = (name: string) => scheduled[name] as AlarmProperties;

  it('no alarm evaluates less than one interval, or more than CloudWatch allows', () => {
    for (const { AlarmName, Period, EvaluationPeriods } of all) {
      // Those keep what they know until the next run, or for a quarter of an hour.
      const isOfOneRun = /watermark-age-critical|quarantined-logs/.test(AlarmName);
      expect(Period * EvaluationPeriods).toBeGreaterThanOrEqual(isOfOneRun ? 0 : interval);
      expect(Period % MINUTE).toBe(0);
      // Source: CloudWatch API, PutMetricAlarm: a day, or seven with periods of an hour and more.
      expect(Period * EvaluationPeriods).toBeLessThanOrEqual(Period < HOUR ? DAY : 7 * DAY);
    }
  });

  it('an alarm raised by missing data covers two intervals, or an hour more than one: that always contains a run', () => {
    const breaching = all.filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
    expect(breaching).toHaveLength(3);
    for (const { Period, EvaluationPeriods } of breaching) {
      expect(Period * EvaluationPeriods).toBeGreaterThanOrEqual(Math.min(2 * interval, interval + HOUR));
    }
  });

  it('failed runs raise an alarm after 15 minutes, and at the latest after three', () => {
    const { Period, EvaluationPeriods } = named('errors');
    expect(EvaluationPeriods).toBeLessThanOrEqual(3);
    expect(Period * EvaluationPeriods).toBeGreaterThanOrEqual(15 * MINUTE);
    expect(Period * (EvaluationPeriods - 1)).toBeLessThan(15 * MINUTE);
  });

  it('the warning on a watermark is below what is critical, and that is 12 hours, or leaves an interval to 17', () => {
    const warning = named('watermark-age-warning-alerts').Threshold;
    const critical = named('watermark-age-critical-alerts').Threshold;
    expect(critical).toBe(Math.min(12 * HOUR, 17 * HOUR - interval));
    expect(warning).toBe(Math.min(Math.max(3 * interval, 15 * MINUTE), critical / 2));
  });

  it('a refused key and a quarantined log raise an alarm at once', () => {
    for (const name of ['credential-failures', 'quarantined-logs-alerts', 'quarantined-logs-audit-logs']) {
      expect(named(name)).toMatchObject({ DatapointsToAlarm: 1, Threshold: 0 });
    }
  });
});

it.each([
  { settleSeconds: 300, minutes: 5, warning: 900 },
  { settleSeconds: 3600, minutes: 5, warning: 4200 },
  { settleSeconds: 3600, minutes: 1, warning: 3720 },
])(
  'a settle time of $settleSeconds s does not count as lag: warning at $warning s',
  ({ settleSeconds, minutes, warning }) => {
    const settled = monitoredTemplate({ interval: Duration.minutes(minutes), config: { settleSeconds } });
    expect(alarmsOf(settled)['watermark-age-warning-alerts']?.Threshold).toBe(warning);
  },
);

it.each([
  { lookback: 0, threshold: 6 * HOUR },
  { lookback: HOUR, threshold: 7 * HOUR },
  { lookback: DAY, threshold: 30 * HOUR },
  { lookback: 3 * DAY, threshold: 78 * HOUR },
  // A sweep takes 30 hours here, and the final watermark moves once in each.
  { lookback: 30 * DAY, threshold: 30 * DAY + 60 * HOUR },
])('the search for late records is late at $threshold s when it looks back $lookback s', (given) => {
  const lookbackSeconds = { alerts: given.lookback, 'audit-logs': DAY };
  const found = alarmsOf(monitoredTemplate({ config: { lookbackSeconds } }));
  expect(found['final-watermark-age-alerts']?.Threshold).toBe(given.threshold);
  expect(found['final-watermark-age-audit-logs']?.Threshold).toBe(30 * HOUR);
});

it.each([35, 240, 600])('a timeout of %d s raises an alarm from 80 % of it on', (seconds) => {
  const found = alarmsOf(monitoredTemplate({ timeout: Duration.seconds(seconds) }));
  expect(found['duration']?.Threshold).toBe(seconds * 800);
});
