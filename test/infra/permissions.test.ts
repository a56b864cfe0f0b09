import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { expect, it } from 'vitest';
import { addForwarders } from '../../infra/forwarder-app.ts';
import { arnIn, SEPARATE_POLICIES, statementsOf } from './role-statements.ts';
import { appWithoutCode, forwarderStack, forwarderTemplate, KMS_KEY } from './synthesised.ts';

/** Who may take on the role that is made for a service, and when. */
function trustOf(template: Template, service: string): unknown[] {
  return Object.values(template.findResources('AWS::IAM::Role'))
    .map(({ Properties }) => Properties.AssumeRolePolicyDocument.Statement as unknown[])
    .filter((statements) => JSON.stringify(statements).includes(service))
    .flat();
}

/** Logical id and properties of the one resource of a type. */
function only(template: Template, type: string) {
  const [[id = '', resource] = [], ...others] = Object.entries(template.findResources(type));
  expect(others).toEqual([]);
  return { id, properties: resource?.Properties };
}

/** Logical id of the queue below a construct. */
const queueId = (construct: string) =>
  Object.keys(forwarderTemplate().findResources('AWS::SQS::Queue')).find((id) => id.includes(construct)) ??
  'none';

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

it('the function has exactly these permissions', () => {
  expect(statementsOf(forwarderTemplate(), 'lambda.amazonaws.com')).toEqual([
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: arnOf('ForwarderFunctionLogs4100A71B'),
    },
    { Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: arnOf(queueId('FunctionFailures')) },
    {
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      Resource: arnOf('ForwarderStateTable4C9BE5A6'),
    },
    {
      Effect: 'Allow',
      Action: ['secretsmanager:GetSecretValue'],
      Resource: [
        { Ref: 'ForwarderSecretsDatadogApiKey4D033596' },
        { Ref: 'ForwarderSecretsValenceApiKeyCB03D5E5' },
      ],
    },
    {
      Effect: 'Allow',
      Action: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
      Resource: { 'Fn::Join': ['', [arnOf('ForwarderQuarantineBucket48295AC6'), '/quarantine/default/*']] },
    },
    { Effect: 'Allow', Action: ['s3:ListBucket'], Resource: arnOf('ForwarderQuarantineBucket48295AC6') },
  ]);
});

it('the scheduler may start the function, for this account only, and do nothing else', () => {
  const template = forwarderTemplate();
  expect(statementsOf(template, 'scheduler.amazonaws.com')).toEqual([
    {
      Effect: 'Allow',
      Action: ['lambda:InvokeFunction'],
      Resource: arnOf('ForwarderFunctionHandlerE64C6221'),
    },
    { Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: arnOf(queueId('ScheduleDeadLetters')) },
  ]);
  // Of any other schedule, or of another account, the scheduler could be made to use this role.
  expect(trustOf(template, 'scheduler.amazonaws.com')).toEqual([
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'scheduler.amazonaws.com' },
      Condition: {
        StringEquals: {
          'aws:SourceAccount': { Ref: 'AWS::AccountId' },
          'aws:SourceArn': arnOf(only(template, 'AWS::Scheduler::ScheduleGroup').id),
        },
      },
    },
  ]);
});

it('the function’s role is for Lambda alone', () => {
  expect(trustOf(forwarderTemplate(), 'lambda.amazonaws.com')).toEqual([
    { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
  ]);
});

it('the role of a backfill is for this very state machine and its slices', () => {
  const template = forwarderTemplate();
  const { properties } = only(template, 'AWS::StepFunctions::StateMachine');
  const name: unknown[] = properties.StateMachineName['Fn::Join'][1];
  expect(trustOf(template, 'states.amazonaws.com')).toEqual([
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'states.amazonaws.com' },
      Condition: {
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        ArnLike: {
          'aws:SourceArn': [
            arnIn('states', ':stateMachine:', name),
            arnIn('states', ':stateMachine:', [...name, '/*']),
          ],
        },
      },
    },
  ]);
});

it('a backfill may start the function and its own slices, redrive those of its map, and log; nothing else', () => {
  const statements = statementsOf(forwarderTemplate(), 'states.amazonaws.com');
  expect(statements.map(({ Action }) => Action)).toEqual([
    ['lambda:InvokeFunction'],
    ['states:StartExecution'],
    ['states:DescribeExecution', 'states:StopExecution'],
    ['states:RedriveExecution'],
    [
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
    ],
  ]);
  const [invoke, start, watch, redrive, log] = statements.map(({ Resource }) => Resource);
  expect(invoke).toEqual(arnOf('ForwarderFunctionHandlerE64C6221'));
  expect(JSON.stringify(start)).toMatch(/:stateMachine:ValenceForwarder-Backfill-.*AWS::StackId/);
  expect(JSON.stringify(watch)).toMatch(/:execution:ValenceForwarder-Backfill-.*AWS::StackId.*:\*/);
  expect(JSON.stringify(redrive)).toMatch(
    /:execution:ValenceForwarder-Backfill-.*AWS::StackId.*"\/Slices:\*"/,
  );
  expect(log).toBe('*');
});

it('there is no managed policy, no policy from elsewhere, and no other role', () => {
  const template = forwarderTemplate();
  template.resourceCountIs('AWS::IAM::Role', 3);
  for (const type of SEPARATE_POLICIES) template.resourceCountIs(type, 0);
  for (const { Properties } of Object.values(template.findResources('AWS::IAM::Role'))) {
    expect(Properties.ManagedPolicyArns).toBeUndefined();
  }
});

it('in a network the function may also attach to it, and do nothing else in EC2', () => {
  const template = forwarderTemplate({ vpcId: 'vpc-0a1b2c3d', subnetIds: 'subnet-0a1b2c3d' });
  const ec2 = statementsOf(template, 'lambda.amazonaws.com').filter(({ Resource }) => Resource === '*');
  expect(ec2.map(({ Action }) => Action)).toEqual([
    [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
    ],
  ]);
});

it('a permissions boundary is on every role', () => {
  const permissionsBoundary = 'arn:aws:iam::111122223333:policy/boundary';
  forwarderTemplate({ permissionsBoundary }).allResourcesProperties('AWS::IAM::Role', {
    PermissionsBoundary: permissionsBoundary,
  });
});

it('path and beginning of the name are those that an organisation demands, on every role, of the content too', () => {
  const settings = {
    rolePath: '/security/',
    roleNamePrefix: 'security-forwarder-with-32-chars',
    datadogContent: true,
    existingDatadogSecret: 'api',
    existingDatadogAppKeySecret: 'app',
  };
  const app = appWithoutCode();
  addForwarders(app, settings);
  const stacks = app.node.children.filter((child) => child instanceof Stack);
  const roles = stacks.flatMap((stack) =>
    Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role')),
  );
  const names = roles.map(({ Properties }) => {
    const [before, uuid] = Properties.RoleName['Fn::Join'][1];
    expect(JSON.stringify(uuid)).toContain('AWS::StackId');
    return before as string;
  });

  expect(roles.map(({ Properties }) => Properties.Path)).toEqual(roles.map(() => '/security/'));
  expect(new Set(names).size).toBe(4);
  for (const name of names) {
    expect(name.startsWith(settings.roleNamePrefix)).toBe(true);
    expect(name.length + 8).toBeLessThanOrEqual(64);
  }
});

it.each([
  { settings: { schedule: 'rate(1 minute)' } },
  { settings: { kmsKeyArn: KMS_KEY, alarmEmail: 'security@example.com', removalPolicy: 'destroy' } },
  { settings: { vpcId: 'vpc-0a1b2c3d', subnetIds: 'subnet-0a1b2c3d', existingValenceSecret: 'valence' } },
])(
  'the AWS Solutions and Serverless rules pass, with a reason for every exception: $settings',
  ({ settings }) => {
    const app = forwarderStack(settings).node.root;
    for (const pack of [new AwsSolutionsChecks(), new ServerlessChecks()]) {
      expect(pack.validateScope(app).violations).toEqual([]);
    }
  },
);
