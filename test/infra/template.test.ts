import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { forwarderTemplate } from './synthesised.ts';

const template = forwarderTemplate();

/** The one resource of a type. */
function only(type: string, from: Template = template) {
  const found = Object.entries(from.findResources(type));
  expect(found.map(([id]) => id)).toHaveLength(1);
  const [[id, resource]] = found as [[string, Record<string, unknown>]];
  return { id, ...resource };
}

const environmentOf = (from: Template) =>
  (only('AWS::Lambda::Function', from) as unknown as { Properties: { Environment: { Variables: object } } })
    .Properties.Environment.Variables;

describe('what must not be lost', () => {
  test('logical ids stay, because another id would replace the resource and leave its content behind', () => {
    expect(only('AWS::DynamoDB::GlobalTable').id).toBe('ForwarderStateTable4C9BE5A6');
    expect(only('AWS::S3::Bucket').id).toBe('ForwarderQuarantineBucket48295AC6');
    expect(Object.keys(template.findResources('AWS::SecretsManager::Secret')).sort()).toEqual([
      'ForwarderSecretsDatadogApiKey4D033596',
      'ForwarderSecretsValenceApiKeyCB03D5E5',
    ]);
  });

  test.each(['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret'])(
    '%s outlives the stack',
    (type) => {
      template.allResources(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    },
  );

  test('no resource has a fixed name, so that a second deployment beside a retained one succeeds', () => {
    // Alarms and queries go with the stack, and their names begin with its own.
    const named = Object.values(
      template.toJSON().Resources as Record<string, { Type: string; Properties: object }>,
    )
      .filter(({ Type }) => !['AWS::CloudWatch::Alarm', 'AWS::Logs::QueryDefinition'].includes(Type))
      .flatMap(({ Properties }) => Object.keys(Properties).filter((key) => /^(Name|\w+Name)$/.test(key)));
    // The configuration of asynchronous calls names the function it belongs to.
    expect(named).toEqual(['FunctionName']);
  });

  test('the table has string keys, is paid on demand, recoverable, protected, and forgets by expiresAt', () => {
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
  test('is encrypted, private, and forgets after a year', () => {
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

  test('refuses everything that does not come over TLS', () => {
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

test('the secrets are created empty: neither a value nor a generated password', () => {
  template.allResourcesProperties('AWS::SecretsManager::Secret', {
    SecretString: Match.absent(),
    GenerateSecretString: Match.absent(),
  });
});

describe('the function', () => {
  test('runs on Node 24 on arm64, logs JSON, and never runs twice for one event', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 512,
      Timeout: 240,
      Handler: 'index.handler',
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: only('AWS::Logs::LogGroup').id } },
    });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 300,
    });
  });

  test('logs into a group that forgets after three months and goes with the stack', () => {
    template.hasResource('AWS::Logs::LogGroup', {
      DeletionPolicy: 'Delete',
      Properties: { RetentionInDays: 90 },
    });
  });

  test('gets the defaults as environment', () => {
    expect(environmentOf(template)).toEqual({
      TENANT: 'default',
      VALENCE_REGION: 'us',
      VALENCE_SECRET_ID: { Ref: 'ForwarderSecretsValenceApiKeyCB03D5E5' },
      DATADOG_SECRET_ID: { Ref: 'ForwarderSecretsDatadogApiKey4D033596' },
      DATADOG_SITE: 'datadoghq.com',
      STATE_TABLE: { Ref: 'ForwarderStateTable4C9BE5A6' },
      QUARANTINE_BUCKET: { Ref: 'ForwarderQuarantineBucket48295AC6' },
      COLLECT_ALERTS: 'true',
      COLLECT_AUDIT_LOGS: 'true',
      INITIAL_LOOKBACK_SECONDS: '43200',
      NODE_OPTIONS: '--enable-source-maps',
    });
  });

  test('gets every setting that is given', () => {
    const given = forwarderTemplate({
      region: 'eu',
      datadogSite: 'ap1.datadoghq.com',
      collectAlerts: 'false',
      initialLookbackHours: 0,
      valenceApi: { timeUnit: 'ms' },
      datadogTags: 'team:security, a:b',
      datadogEnv: 'production',
    });
    expect(environmentOf(given)).toMatchObject({
      VALENCE_REGION: 'eu',
      DATADOG_SITE: 'ap1.datadoghq.com',
      COLLECT_ALERTS: 'false',
      INITIAL_LOOKBACK_SECONDS: '0',
      VALENCE_API_PROFILE: '{"timeUnit":"ms"}',
      DATADOG_TAGS: 'team:security,a:b',
      DATADOG_ENV: 'production',
    });
  });
});

describe('the schedule', () => {
  test('starts the function every five minutes and tries no longer than until the next start', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(5 minutes)',
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: { 'Fn::GetAtt': [only('AWS::Lambda::Function').id, 'Arn'] },
        RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 300 },
      },
    });
  });

  test.each([
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

test('the outputs name what an operator needs, and the commands that store the keys hold no key', () => {
  const outputs = template.toJSON().Outputs as Record<string, unknown>;
  expect(Object.keys(outputs)).toEqual([
    'StoreValenceKey',
    'StoreDatadogKey',
    'CheckCommand',
    'FunctionName',
    'StateTable',
    'QuarantineBucket',
    'LogGroup',
    'Dashboard',
  ]);
  for (const command of [outputs.StoreValenceKey, outputs.StoreDatadogKey]) {
    expect(JSON.stringify(command)).toContain('--secret-string file:///dev/stdin');
  }
});
