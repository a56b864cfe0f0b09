import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { expect, it } from 'vitest';
import { type ContentConfig, readContentConfig } from '../../infra/context/content.ts';
import { addForwarders } from '../../infra/forwarder-app.ts';
import { contentStack, installContent } from '../../infra/install-content.ts';
import { ValenceForwarder } from '../../infra/valence-forwarder.ts';
import { appWithoutCode, forwarderStack, forwarderTemplate } from './synthesised.ts';

interface Statement {
  Action: string | string[];
  Effect: string;
  Resource: unknown;
  Principal?: unknown;
  Condition?: { StringEquals?: Record<string, unknown> };
}

/** Policies that are resources of their own. */
const SEPARATE_POLICIES = ['AWS::IAM::Policy', 'AWS::IAM::RolePolicy', 'AWS::IAM::ManagedPolicy'];

/** Action and resource of each statement of a role, by the role's principal, in whatever policy it is. */
function statementsOf(template: Template, service: string) {
  const roles = Object.entries(template.findResources('AWS::IAM::Role')).filter(([, { Properties }]) =>
    JSON.stringify(Properties.AssumeRolePolicyDocument).includes(service),
  );
  const separate = SEPARATE_POLICIES.flatMap((type) => Object.values(template.findResources(type)));
  return roles
    .flatMap(([id, { Properties }]) => [
      ...(Properties.Policies as { PolicyDocument: { Statement: Statement[] } }[]),
      ...separate
        .map((policy) => policy.Properties)
        .filter((policy) => JSON.stringify(policy).includes(`"${id}"`)),
    ])
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement as Statement[])
    .map(({ Action, ...statement }) => ({ ...statement, Action: [Action].flat() }));
}

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

/** The ARN of something of this account and region, as a template writes it. */
function arnIn(service: string, kind: string, [prefix, ...rest]: unknown[]) {
  const place = [`:${service}:`, { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }];
  return { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ...place, `${kind}${prefix}`, ...rest]] };
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

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012';

it('with an own key each role may use it only through the services it needs', () => {
  const template = forwarderTemplate({ kmsKeyArn: KEY });
  const keyStatements = (service: string) =>
    statementsOf(template, service).filter(({ Action }) =>
      Action.some((action) => action.startsWith('kms:')),
    );
  for (const [service, through] of [
    ['lambda.amazonaws.com', ['dynamodb', 's3', 'secretsmanager', 'sqs']],
    ['scheduler.amazonaws.com', ['sqs']],
  ] as const) {
    const [use, ...others] = keyStatements(service);
    expect(others).toEqual([]);
    expect(use).toMatchObject({
      Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'],
      Resource: KEY,
    });
    expect([use?.Condition?.StringEquals?.['kms:ViaService']].flat()).toEqual(
      through.map((name) => ({ 'Fn::Join': ['', expect.arrayContaining([`${name}.eu-west-1.`])] })),
    );
  }
});

it('with an existing table and bucket the function may use these, and their key only through their services', () => {
  const other = KEY.replace('12345678', '87654321');
  const settings = { existingStateTable: 'first-state', existingQuarantineBucket: 'first-quarantine' };
  const statementsWith = (more: object) =>
    statementsOf(forwarderTemplate({ ...settings, ...more }), 'lambda.amazonaws.com');
  const kmsOf = (statements: ReturnType<typeof statementsWith>) =>
    statements
      .filter(({ Action }) => Action.some((action) => action.startsWith('kms:')))
      .map(({ Resource, Condition }) => [
        Resource,
        [Condition?.StringEquals?.['kms:ViaService']]
          .flat()
          .map((service) => JSON.stringify(service).match(/\w+(?=\.)/)?.[0]),
      ]);
  const bucket = ['arn:', { Ref: 'AWS::Partition' }, ':s3:::first-quarantine'];

  const plain = statementsWith({});
  expect(plain).toHaveLength(6);
  expect(plain.map(({ Action: [action], Resource }) => [action, Resource])).toEqual(
    expect.arrayContaining([
      ['dynamodb:GetItem', arnIn('dynamodb', ':table/', ['first-state'])],
      ['s3:DeleteObject', { 'Fn::Join': ['', [...bucket.slice(0, 2), `${bucket[2]}/quarantine/default/*`]] }],
      ['s3:ListBucket', { 'Fn::Join': ['', bucket] }],
    ]),
  );
  expect(kmsOf(plain)).toEqual([]);
  const ALL = ['dynamodb', 's3', 'secretsmanager', 'sqs'];
  expect(kmsOf(statementsWith({ kmsKeyArn: KEY }))).toEqual([[KEY, ALL]]);
  expect(kmsOf(statementsWith({ existingDataKmsKeyArn: KEY }))).toEqual([[KEY, ALL.slice(0, 2)]]);
  expect(kmsOf(statementsWith({ existingDataKmsKeyArn: other, kmsKeyArn: KEY }))).toEqual([
    [other, ALL.slice(0, 2)],
    [KEY, ALL.slice(2)],
  ]);
});

it('the outputs say which key the function may use for an existing table and bucket, and for these alone', () => {
  const other = KEY.replace('12345678', '87654321');
  const keysOf = (settings: object) =>
    Object.fromEntries(
      Object.entries(forwarderTemplate({ ...settings }).findOutputs('*'))
        .filter(([name]) => /^Existing/.test(name))
        .map(([name, { Value }]) => [name, Value]),
    );
  const [table, bucket] = [
    { existingStateTable: 'first-state' },
    { existingQuarantineBucket: 'first-objects' },
  ];

  expect(keysOf({ kmsKeyArn: KEY })).toEqual({});
  expect(keysOf(table)).toEqual({ ExistingStateTableKey: 'none' });
  expect(keysOf({ ...bucket, kmsKeyArn: KEY })).toEqual({ ExistingQuarantineBucketKey: KEY });
  expect(keysOf({ ...table, ...bucket, kmsKeyArn: KEY, existingDataKmsKeyArn: other })).toEqual({
    ExistingStateTableKey: other,
    ExistingQuarantineBucketKey: other,
    ExistingDataKey: other,
  });
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
  { settings: { kmsKeyArn: KEY, alarmEmail: 'security@example.com', removalPolicy: 'destroy' } },
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

it('a secret given by name is asked for by that name, also if the name ends as an ARN does', () => {
  const [name, other] = ['dd-secret', 'datadog-apikey'];
  const environmentOf = (template: Template) =>
    Object.values(template.findResources('AWS::Lambda::Function')).map(
      ({ Properties }) => Properties.Environment.Variables,
    );
  const forwarder = forwarderTemplate({ existingValenceSecret: name, existingDatadogSecret: other });
  const content = readContentConfig({
    datadogContent: true,
    existingDatadogSecret: name,
    existingDatadogAppKeySecret: other,
  });
  const stack = contentStack(appWithoutCode(), content as ContentConfig);
  installContent(stack, content as ContentConfig);
  const installer = Template.fromStack(stack);

  expect(environmentOf(forwarder)).toMatchObject([{ VALENCE_SECRET_ID: name, DATADOG_SECRET_ID: other }]);
  expect(environmentOf(installer)).toMatchObject([
    { DATADOG_SECRET_ID: name, DATADOG_APP_KEY_SECRET_ID: other },
  ]);
  for (const template of [forwarder, installer]) {
    const read = statementsOf(template, 'lambda.amazonaws.com').find(({ Action }) =>
      Action.includes('secretsmanager:GetSecretValue'),
    );
    for (const secret of [name, other])
      expect(JSON.stringify(read?.Resource)).toContain(`:secret:${secret}-??????"`);
  }
});

it('a name that may be the key itself is refused, whoever imports the secret', () => {
  const stack = new Stack(appWithoutCode(), 'Other');
  const datadogSecret = Secret.fromSecretNameV2(stack, 'Datadog', '0123456789abcdef0123456789abcdef');

  expect(() => new ValenceForwarder(stack, 'Forwarder', { datadogSecret })).toThrow('DATADOG_SECRET_ID');
});

it('existing secrets are used instead of new ones, and their own key may decrypt them', () => {
  const stack = new Stack(appWithoutCode(), 'Other');
  const encryptionKey = Key.fromKeyArn(
    stack,
    'Key',
    'arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012',
  );
  new ValenceForwarder(stack, 'Forwarder', {
    valenceSecret: Secret.fromSecretAttributes(stack, 'Valence', {
      secretCompleteArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:valence-AbCdEf',
      encryptionKey,
    }),
    datadogSecret: Secret.fromSecretNameV2(stack, 'Datadog', 'security/datadog'),
  });
  const template = Template.fromStack(stack);

  template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  const use = statementsOf(template, 'lambda.amazonaws.com').find(({ Action }) =>
    Action.includes('secretsmanager:GetSecretValue'),
  );
  expect(JSON.stringify(use?.Resource)).toContain(':secret:valence-AbCdEf"');
  expect(JSON.stringify(use?.Resource)).toContain(':secret:security/datadog-??????"');
  const decryption = statementsOf(template, 'lambda.amazonaws.com').filter(({ Action }) =>
    Action.some((action) => action.startsWith('kms:')),
  );
  expect(decryption).toEqual([
    {
      Effect: 'Allow',
      Action: ['kms:Decrypt'],
      Resource: encryptionKey.keyArn,
      Condition: {
        StringEquals: {
          'kms:ViaService': [
            { 'Fn::Join': ['', ['secretsmanager.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] },
          ],
        },
      },
    },
  ]);
});
