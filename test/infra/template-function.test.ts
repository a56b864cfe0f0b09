import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { forwarderTemplate } from './synthesised.ts';

const template = forwarderTemplate();

/** The one resource of a type. */
function only(type: string, from: Template = template) {
  const found = Object.entries(from.findResources(type));
  expect(found.map(([id]) => id)).toHaveLength(1);
  const [[id, resource]] = found as [[string, Record<string, unknown>]];
  return { id, ...resource };
}

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** Logical id of the queue below a construct. */
const queueId = (construct: string) =>
  Object.keys(template.findResources('AWS::SQS::Queue')).find((id) => id.includes(construct)) ?? 'none';

const environmentOf = (from: Template) =>
  (
    only('AWS::Lambda::Function', from) as unknown as {
      Properties: { Environment: { Variables: Record<string, unknown> } };
    }
  ).Properties.Environment.Variables;

describe('the function', () => {
  it('runs on Node 24 on arm64, logs JSON, and never runs twice for one event', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 512,
      Timeout: 240,
      Handler: 'index.handler',
      LoggingConfig: {
        LogFormat: 'JSON',
        ApplicationLogLevel: 'INFO',
        LogGroup: { Ref: 'ForwarderFunctionLogs4100A71B' },
      },
    });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 300,
    });
  });

  it.each([
    ['DEBUG', 'DEBUG'],
    ['INFO', 'INFO'],
    // Lambda would suppress the metrics, too.
    ['WARN', 'INFO'],
    ['ERROR', 'INFO'],
  ])('lets Lambda pass lines of its logLevel %s and the metrics: %s', (logLevel, level) => {
    const given = forwarderTemplate({ logLevel });
    given.hasResourceProperties('AWS::Lambda::Function', { LoggingConfig: { ApplicationLogLevel: level } });
    expect(environmentOf(given)['LOG_LEVEL']).toBe(logLevel);
  });

  it('logs into a group that keeps lines for three months and is deleted with the stack', () => {
    template.hasResource('AWS::Logs::LogGroup', {
      DeletionPolicy: 'Delete',
      Properties: { RetentionInDays: 90 },
    });
  });

  it('gets the defaults as environment', () => {
    expect(environmentOf(template)).toMatchObject({
      TENANT: 'default',
      VALENCE_REGION: 'us',
      VALENCE_SECRET_ID: { Ref: 'ForwarderSecretsValenceApiKeyCB03D5E5' },
      DATADOG_SECRET_ID: { Ref: 'ForwarderSecretsDatadogApiKey4D033596' },
      DATADOG_SITE: 'datadoghq.com',
      STATE_TABLE: { Ref: 'ForwarderStateTable4C9BE5A6' },
      QUARANTINE_BUCKET: { Ref: 'ForwarderQuarantineBucket48295AC6' },
      COLLECT_ALERTS: 'true',
      COLLECT_AUDIT_LOGS: 'true',
      ALERT_UPDATES: 'false',
      INITIAL_LOOKBACK_SECONDS: '43200',
      LOOKBACK_SECONDS: '86400',
      SETTLE_SECONDS: '120',
      PARALLEL_SLICES: '4',
      RUN_SUMMARY_LOGS: 'true',
      LOG_LEVEL: 'INFO',
      NODE_OPTIONS: '--max-semi-space-size=4 --max-old-space-size=384',
    });
  });

  it('gets every setting that is set', () => {
    const given = forwarderTemplate({
      region: 'eu',
      datadogSite: 'ap1.datadoghq.com',
      collectAlerts: 'false',
      initialLookbackHours: 0,
      valenceApi: { timeUnit: 'ms' },
      datadogTags: 'team:security, a:b',
      datadogEnv: 'production',
      valenceBaseUrl: 'https://valence.example.com',
      datadogIntakeUrl: 'https://intake.example.com',
      datadogApiUrl: 'https://api.example.com',
      redact: { remove: ['alert.events[*].aux'] },
      alertSeverities: 'Critical,High',
      alertUpdates: 'true',
      lookbackHours: 48,
      settleSeconds: 60,
      parallelSlices: 2,
      runSummaryLogs: 'false',
      logLevel: 'WARN',
    });
    expect(environmentOf(given)).toMatchObject({
      VALENCE_REGION: 'eu',
      DATADOG_SITE: 'ap1.datadoghq.com',
      COLLECT_ALERTS: 'false',
      INITIAL_LOOKBACK_SECONDS: '0',
      VALENCE_API_PROFILE: '{"timeUnit":"ms"}',
      DATADOG_TAGS: 'team:security,a:b',
      DATADOG_ENV: 'production',
      VALENCE_BASE_URL: 'https://valence.example.com',
      DATADOG_INTAKE_URL: 'https://intake.example.com',
      DATADOG_API_URL: 'https://api.example.com',
      REDACT: '{"remove":["alert.events[*].aux"],"hash":[]}',
      ALERT_SEVERITIES: 'Critical,High',
      ALERT_UPDATES: 'true',
      LOOKBACK_SECONDS: '172800',
      SETTLE_SECONDS: '60',
      PARALLEL_SLICES: '2',
      RUN_SUMMARY_LOGS: 'false',
      LOG_LEVEL: 'WARN',
    });
  });

  it('writes a look-back for alerts when one is set, and leaves the default to the function', () => {
    const alertLookback = (settings: object) =>
      environmentOf(forwarderTemplate({ alertUpdates: true, ...settings }))['ALERT_LOOKBACK_SECONDS'];
    expect(alertLookback({})).toBeUndefined();
    expect(alertLookback({ alertLookbackHours: 72 })).toBe('259200');
    expect(alertLookback({ alertLookbackHours: 0 })).toBe('0');
  });

  it('runs with the memory, timeout, concurrency and log retention that are set', () => {
    const given = forwarderTemplate({
      memorySize: 1024,
      timeoutSeconds: 270,
      reservedConcurrency: 5,
      logRetentionDays: '365',
    });
    given.hasResourceProperties('AWS::Lambda::Function', {
      MemorySize: 1024,
      Timeout: 270,
      ReservedConcurrentExecutions: 5,
    });
    given.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
    template.hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: Match.absent() });
  });

  it.each([
    { memorySize: 256, flags: '--max-semi-space-size=4 --max-old-space-size=192' },
    { memorySize: 1024, flags: '--max-semi-space-size=4 --max-old-space-size=768' },
    { memorySize: 10_240, flags: '--max-semi-space-size=4 --max-old-space-size=7680' },
  ])('limits its heap to three quarters of its $memorySize MiB', ({ memorySize, flags }) => {
    expect(environmentOf(forwarderTemplate({ memorySize }))['NODE_OPTIONS']).toBe(flags);
  });

  it('sends failed events, with their error, to their own queue', () => {
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      DestinationConfig: { OnFailure: { Destination: arnOf(queueId('FunctionFailures')) } },
    });
  });
});

describe('the schedule', () => {
  it('starts the function every five minutes and retries at most until the next start', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(5 minutes)',
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: { 'Fn::GetAtt': [only('AWS::Lambda::Function').id, 'Arn'] },
        RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 300 },
        DeadLetterConfig: { Arn: arnOf(queueId('ScheduleDeadLetters')) },
      },
    });
  });

  it('is in its own group, which is deleted with the stack', () => {
    const { id } = only('AWS::Scheduler::ScheduleGroup');
    template.hasResource('AWS::Scheduler::ScheduleGroup', { DeletionPolicy: 'Delete' });
    template.hasResourceProperties('AWS::Scheduler::Schedule', { GroupName: Match.anyValue() });
    expect(JSON.stringify(only('AWS::Scheduler::Schedule'))).toContain('AWS::StackId');
    expect(id).toContain('ScheduleGroup');
  });

  it('starts nothing before its alarms exist', () => {
    const schedule = only('AWS::Scheduler::Schedule') as unknown as { DependsOn: string[] };
    const alarms = Object.keys(template.findResources('AWS::CloudWatch::Alarm'));
    expect(alarms.length).toBeGreaterThan(0);
    expect(schedule.DependsOn).toEqual(expect.arrayContaining(alarms));
  });

  it('accepts a cron expression in a time zone; timeout and ages follow its interval', () => {
    const given = forwarderTemplate({
      schedule: 'cron(0/15 6-22 * * ? *)',
      scheduleIntervalMinutes: 435,
      scheduleTimezone: 'Europe/Berlin',
    });
    given.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0/15 6-22 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 900 } },
    });
  });

  it.each<{ schedule: string; timeout: number; age: number; retried?: number }>([
    { schedule: 'rate(1 minute)', timeout: 35, age: 60 },
    { schedule: 'rate(4 minutes)', timeout: 215, age: 240 },
    { schedule: 'rate(5 minutes)', timeout: 240, age: 300 },
    { schedule: 'rate(6 hours)', timeout: 240, age: 21_600 },
    // Lambda keeps no event for longer.
    { schedule: 'rate(12 hours)', timeout: 240, age: 21_600, retried: 43_200 },
  ])('F78 $schedule gives a timeout of $timeout s, over before the next run starts', (expected) => {
    const scheduled = forwarderTemplate({ schedule: expected.schedule });
    scheduled.hasResourceProperties('AWS::Lambda::Function', { Timeout: expected.timeout });
    scheduled.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumEventAgeInSeconds: expected.age,
    });
    scheduled.hasResourceProperties('AWS::Scheduler::Schedule', {
      Target: {
        RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: expected.retried ?? expected.age },
      },
    });
  });
});

it('the function joins a network by identifiers, with HTTPS out and nothing in', () => {
  const network = {
    vpcId: 'vpc-0123456789abcdef0',
    subnetIds: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
  };
  const given = forwarderTemplate(network);
  given.hasResourceProperties('AWS::EC2::SecurityGroup', {
    VpcId: network.vpcId,
    SecurityGroupEgress: [Match.objectLike({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 })],
    SecurityGroupIngress: Match.absent(),
  });
  const { id } = only('AWS::EC2::SecurityGroup', given);
  given.hasResourceProperties('AWS::Lambda::Function', {
    VpcConfig: {
      SubnetIds: network.subnetIds.split(','),
      SecurityGroupIds: [{ 'Fn::GetAtt': [id, 'GroupId'] }],
    },
  });

  const existing = forwarderTemplate({ ...network, securityGroupIds: 'sg-0123456789abcdef0' });
  existing.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  existing.hasResourceProperties('AWS::Lambda::Function', {
    VpcConfig: { SecurityGroupIds: ['sg-0123456789abcdef0'] },
  });
});
