import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { readProject, runbookOf } from '../../infra/project/project.ts';
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

describe('resources with content', () => {
  it('keep their logical ids, because another id would replace the resource and abandon its content', () => {
    expect(only('AWS::DynamoDB::GlobalTable').id).toBe('ForwarderStateTable4C9BE5A6');
    expect(only('AWS::S3::Bucket').id).toBe('ForwarderQuarantineBucket48295AC6');
    expect(Object.keys(template.findResources('AWS::SecretsManager::Secret')).sort()).toEqual([
      'ForwarderSecretsDatadogApiKey4D033596',
      'ForwarderSecretsValenceApiKeyCB03D5E5',
    ]);
  });

  it.each(['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret'])(
    'of type %s outlive the stack',
    (type) => {
      template.allResources(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    },
  );

  it('no resource has a fixed name, so that a new deployment succeeds next to a retained one', () => {
    // Alarms and queries go with the stack, and their names begin with its own.
    const named = Object.values(
      template.toJSON().Resources as Record<string, { Type: string; Properties: object }>,
    )
      .filter(({ Type }) => !['AWS::CloudWatch::Alarm', 'AWS::Logs::QueryDefinition'].includes(Type))
      .flatMap(({ Properties }) => Object.keys(Properties).filter((key) => /^(Name|\w+Name)$/.test(key)));
    // The configuration of asynchronous calls names the function it belongs to, the schedule its group.
    expect(named.sort()).toEqual(['FunctionName', 'GroupName', 'LogGroupName', 'Name', 'StateMachineName']);
    // A group cannot do without a name, nor a role that names a state machine; these hold the id of the stack.
    const withStackId = {
      'Fn::Join': [
        '',
        Match.arrayWith([{ 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] }]),
      ],
    };
    template.resourcePropertiesCountIs('AWS::Scheduler::ScheduleGroup', { Name: withStackId }, 1);
    template.resourcePropertiesCountIs(
      'AWS::StepFunctions::StateMachine',
      { StateMachineName: withStackId },
      1,
    );
    template.resourcePropertiesCountIs('AWS::Logs::LogGroup', { LogGroupName: withStackId }, 1);
  });

  it('the table has string keys, on-demand billing, recovery, protection, and a TTL by expiresAt', () => {
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      Replicas: [
        Match.objectLike({
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      ],
    });
  });
});

describe('the quarantine bucket', () => {
  it('is encrypted, private, and deletes after a year', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: {
        Rules: [Match.objectLike({ ExpirationInDays: 365, Status: 'Enabled' })],
      },
    });
  });

  it('refuses requests without TLS', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Action: 's3:*',
            Principal: { AWS: '*' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });
});

describe('the queues', () => {
  it('are encrypted, and keep messages for two weeks', () => {
    template.resourceCountIs('AWS::SQS::Queue', 2);
    template.allResourcesProperties('AWS::SQS::Queue', {
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 86_400,
    });
  });

  it('refuse requests without TLS', () => {
    template.resourceCountIs('AWS::SQS::QueuePolicy', 2);
    template.allResourcesProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Action: 'sqs:*',
            Principal: { AWS: '*' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });
});

it('the secrets are created empty: neither a value nor a generated password', () => {
  template.allResourcesProperties('AWS::SecretsManager::Secret', {
    SecretString: Match.absent(),
    GenerateSecretString: Match.absent(),
  });
});

describe('the function', () => {
  it('runs on Node 24 on arm64, logs JSON, and never runs twice for one event', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 512,
      Timeout: 240,
      Handler: 'index.handler',
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: 'ForwarderFunctionLogs4100A71B' } },
    });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 300,
    });
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
      NODE_OPTIONS: '--max-semi-space-size=4',
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
      schedule: 'cron(0/15 6-22 ? * MON-FRI *)',
      scheduleIntervalMinutes: 15,
      scheduleTimezone: 'Europe/Berlin',
    });
    given.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0/15 6-22 ? * MON-FRI *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 900 } },
    });
  });

  it.each([
    { schedule: 'rate(1 minute)', timeout: 35, age: 60 },
    { schedule: 'rate(4 minutes)', timeout: 215, age: 240 },
    { schedule: 'rate(5 minutes)', timeout: 240, age: 300 },
    { schedule: 'rate(6 hours)', timeout: 240, age: 21_600 },
  ])('F78 $schedule gives a timeout of $timeout s, over before the next run starts', (expected) => {
    const scheduled = forwarderTemplate({ schedule: expected.schedule });
    scheduled.hasResourceProperties('AWS::Lambda::Function', { Timeout: expected.timeout });
    scheduled.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumEventAgeInSeconds: expected.age,
    });
    scheduled.hasResourceProperties('AWS::Scheduler::Schedule', {
      Target: { RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: expected.age } },
    });
  });
});

describe('an own encryption key', () => {
  const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012';
  const given = forwarderTemplate({ kmsKeyArn: KEY });

  it('encrypts table, bucket, log group, secrets and queues', () => {
    given.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Replicas: [Match.objectLike({ SSESpecification: { KMSMasterKeyId: KEY } })],
    });
    given.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY },
          },
        ],
      },
    });
    given.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: KEY });
    given.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: KEY });
    given.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: KEY });
  });

  it('does not replace resources with state', () => {
    for (const type of ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret']) {
      expect(Object.keys(given.findResources(type))).toEqual(Object.keys(template.findResources(type)));
    }
  });
});

it('removalPolicy=destroy deletes everything, and leaves the table unprotected', () => {
  const given = forwarderTemplate({ removalPolicy: 'destroy' });
  for (const type of ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret']) {
    given.allResources(type, { DeletionPolicy: 'Delete' });
  }
  given.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
    Replicas: [Match.objectLike({ DeletionProtectionEnabled: false })],
  });
});

it('quarantined records are kept as long as configured', () => {
  forwarderTemplate({ quarantineRetentionDays: 30 }).hasResourceProperties('AWS::S3::Bucket', {
    LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 30 })] },
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

it('tags are on every resource that supports them', () => {
  const tagged = forwarderTemplate({ resourceTags: { CostCenter: '1234' } });
  for (const type of ['AWS::Lambda::Function', 'AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::Logs::LogGroup']) {
    tagged.allResourcesProperties(type, { Tags: Match.arrayWith([{ Key: 'CostCenter', Value: '1234' }]) });
  }
});

it('the template as a whole changes only on purpose', () => {
  const masked = JSON.stringify(template.toJSON(), null, 2)
    .replaceAll(/[0-9a-f]{64}/g, '<hash of the code>')
    .replaceAll(runbookOf(readProject()), 'docs/runbook.md');
  expect(JSON.parse(masked)).toMatchSnapshot();
});

it('the outputs name what an operator needs, and the commands that store the keys contain no key', () => {
  const outputs = template.toJSON().Outputs as Record<string, unknown>;
  expect(Object.keys(outputs)).toEqual([
    'StoreValenceKey',
    'StoreDatadogKey',
    'CheckCommand',
    'FunctionName',
    'StateTable',
    'QuarantineBucket',
    'LogGroup',
    'DeadLetterQueue',
    'FailureQueue',
    'BackfillStateMachine',
    'Dashboard',
  ]);
  for (const command of [outputs.StoreValenceKey, outputs.StoreDatadogKey]) {
    expect(JSON.stringify(command)).toContain('--secret-string file:///dev/stdin');
  }
});
