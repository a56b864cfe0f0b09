import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { functionSettings } from '../../lambda/settings/function-settings.ts';
import { VERSION } from '../../lambda/shared/version.ts';
import { forwarderTemplate, KMS_KEY } from './synthesised.ts';

const template = forwarderTemplate();

/** The one resource of a type. */
function only(type: string, from: Template = template) {
  const found = Object.entries(from.findResources(type));
  expect(found.map(([id]) => id)).toHaveLength(1);
  const [[id, resource]] = found as [[string, Record<string, unknown>]];
  return { id, ...resource };
}

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
      template.allResources(type, {
        DeletionPolicy: Match.stringLikeRegexp('^Retain(ExceptOnCreate)?$'),
        UpdateReplacePolicy: 'Retain',
      });
    },
  );

  it('are not left over by a first creation that fails, but for the table, which is protected from deletion', () => {
    const policies = (type: string) =>
      Object.values(template.findResources(type)).map(({ DeletionPolicy }) => DeletionPolicy);
    expect(policies('AWS::S3::Bucket')).toEqual(['RetainExceptOnCreate']);
    expect(policies('AWS::SecretsManager::Secret')).toEqual(['RetainExceptOnCreate', 'RetainExceptOnCreate']);
    expect(policies('AWS::DynamoDB::GlobalTable')).toEqual(['Retain']);
  });

  it('no resource has a fixed name, so that a new deployment succeeds next to a retained one', () => {
    // Alarms and queries go with the stack, and their names begin with its own.
    const named = Object.values(
      template.toJSON().Resources as Record<string, { Type: string; Properties: object }>,
    )
      .filter(
        ({ Type }) =>
          ![
            'AWS::CloudWatch::Alarm',
            'AWS::CloudWatch::CompositeAlarm',
            'AWS::Logs::QueryDefinition',
          ].includes(Type),
      )
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

describe('an own encryption key', () => {
  const given = forwarderTemplate({ kmsKeyArn: KMS_KEY, alarmEmail: 'security@example.com' });

  it('encrypts table, bucket, log groups, secrets, queues and alarm topic', () => {
    given.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Replicas: [Match.objectLike({ SSESpecification: { KMSMasterKeyId: KMS_KEY } })],
    });
    given.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KMS_KEY },
          },
        ],
      },
    });
    given.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: KMS_KEY });
    given.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: KMS_KEY });
    given.resourceCountIs('AWS::KMS::Key', 0);
    given.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: KMS_KEY });
    given.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: KMS_KEY });
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

it('tags are on every resource that supports them everywhere', () => {
  const tagged = forwarderTemplate({ resourceTags: { CostCenter: '1234' } });
  for (const type of ['AWS::Lambda::Function', 'AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::Logs::LogGroup']) {
    tagged.allResourcesProperties(type, { Tags: Match.arrayWith([{ Key: 'CostCenter', Value: '1234' }]) });
  }
  tagged.allResourcesProperties('AWS::CloudWatch::Dashboard', { Tags: Match.absent() });
});

/** Variables of the function that settings give. The round trip of the settings covers them, so that a new one changes no snapshot. */
const SETTINGS = new Set(Object.values(functionSettings).map(({ environment }) => environment as string));

it('the template as a whole changes only on purpose', () => {
  // With an address of its own, the runbook is not in the template.
  const whole = forwarderTemplate({ runbookUrl: 'https://example.com/runbook' }).toJSON();
  const masked = JSON.stringify(whole, (key, value) => (SETTINGS.has(key) ? undefined : value)).replaceAll(
    /[0-9a-f]{64}/g,
    '<hash of the code>',
  );
  expect(JSON.parse(masked)).toMatchSnapshot();
});

it('template, function and an output name the version', () => {
  expect(template.toJSON().Description).toContain(`version ${VERSION}`);
  expect(template.toJSON().Outputs.Version.Value).toBe(VERSION);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Description: Match.stringLikeRegexp(`version ${VERSION}`),
  });
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
    'Schedule',
    'ScheduleGroup',
    'AlarmPrefix',
    'Dashboard',
    'Version',
  ]);
  for (const command of [outputs.StoreValenceKey, outputs.StoreDatadogKey]) {
    expect(JSON.stringify(command)).toContain('--secret-string file:///dev/stdin');
  }
});
