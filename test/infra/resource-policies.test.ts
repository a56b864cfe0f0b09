import type { Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { forwarderTemplate } from './synthesised.ts';

interface Statement {
  Action: string | string[];
  Effect: string;
  Principal?: unknown;
  Condition?: unknown;
}

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012';

/** Every statement of a template outside the roles, by the type of its resource: policies of keys, queues, topics, buckets, ... */
function resourcePolicies(template: Template): [type: string, statement: Statement][] {
  const statementsIn = (value: unknown): Statement[] => {
    if (value === null || typeof value !== 'object') return [];
    if ('Statement' in value) return [value.Statement as Statement[]].flat();
    return Object.values(value).flatMap(statementsIn);
  };
  const resources: Record<string, { Type: string; Properties?: unknown }> = template.toJSON()['Resources'];
  return Object.values(resources)
    .filter(({ Type }) => Type !== 'AWS::IAM::Role')
    .flatMap(({ Type, Properties }) =>
      statementsIn(Properties).map((statement) => [Type, statement] as [string, Statement]),
    );
}

const CLOUDWATCH = { Service: 'cloudwatch.amazonaws.com' };
const ALARMS = { Service: ['cloudwatch.amazonaws.com', 'sns.amazonaws.com'] };

/** What the policies of resources allow, by type: alarms of this account to publish, and the account to manage the key for that. */
const ALLOWED = [
  [
    'AWS::KMS::Key',
    'kms:*',
    { AWS: { 'Fn::Join': ['', ['arn:aws:iam::', { Ref: 'AWS::AccountId' }, ':root']] } },
  ],
  ['AWS::KMS::Key', ['kms:Decrypt', 'kms:GenerateDataKey*'], ALARMS],
  ['AWS::SNS::TopicPolicy', 'sns:Publish', CLOUDWATCH],
];

it.each([
  { given: 'the usual settings', settings: {}, allowed: [] },
  {
    given: 'alarms by e-mail',
    settings: { awsRegion: 'eu-west-1', alarmEmail: 'a@example.com' },
    allowed: ALLOWED,
  },
  {
    given: 'a key of the user and alarms by e-mail',
    settings: { kmsKeyArn: KEY, alarmEmail: 'a@example.com' },
    allowed: ALLOWED.slice(-1),
  },
  {
    given: 'existing secrets',
    settings: { existingValenceSecret: 'valence', existingSecretsKmsKeyArn: KEY },
    allowed: [],
  },
])('the policies of resources let nothing in but alarms, and no request without TLS: $given', (each) => {
  const policies = resourcePolicies(forwarderTemplate(each.settings));

  expect(
    policies
      .filter(([, { Effect }]) => Effect !== 'Deny')
      .map(([type, { Action, Principal }]) => [type, Action, Principal]),
  ).toEqual(each.allowed);
  const denying = policies.filter(
    ([, { Effect, Condition }]) =>
      Effect === 'Deny' && JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
  );
  expect(denying.map(([type]) => type)).toEqual([
    'AWS::S3::BucketPolicy',
    'AWS::SQS::QueuePolicy',
    'AWS::SQS::QueuePolicy',
    ...(each.allowed.length > 0 ? ['AWS::SNS::TopicPolicy'] : []),
  ]);
});
