import { App, CfnOutput, Duration, NestedStack, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Peer, Port, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal, User } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, it } from 'vitest';
import type { ValenceForwarderProps } from '../../infra/forwarder-props.ts';
import { ValenceForwarder } from '../../infra/valence-forwarder.ts';
import { appWithoutCode, WITHOUT_CODE } from './synthesised.ts';

function forwarderWith(props: ValenceForwarderProps = {}) {
  const stack = new Stack(appWithoutCode(), 'Elsewhere', { env: { region: 'eu-west-1' } });
  return { stack, forwarder: new ValenceForwarder(stack, 'Valence', props) };
}

const outputsOf = (stack: Stack) => Object.keys(Template.fromStack(stack).findOutputs('*'));

describe('metrics', () => {
  it('are those of the forwarder’s tenant, and of a stream where they have one', () => {
    const { forwarder } = forwarderWith({ tenant: 'acme' });
    const shown = (metric: ReturnType<typeof forwarder.metricHoles>) => [
      metric.metricName,
      metric.dimensions,
      metric.statistic,
      metric.period.toSeconds(),
    ];
    const tenant = { tenant: 'acme' };
    const alerts = { ...tenant, stream: 'alerts' };

    expect(
      [
        forwarder.metricWatermarkAge('alerts'),
        forwarder.metricFinalWatermarkAge('alerts'),
        forwarder.metricSilenceAge('alerts'),
        forwarder.metricLogsQuarantined('alerts', { period: Duration.hours(1) }),
        forwarder.metricCredentialFailures(),
        forwarder.metricHoles({ statistic: 'Average' }),
        forwarder.metricNotSetUp(),
      ].map(shown),
    ).toEqual([
      ['WatermarkAge', alerts, 'Maximum', 300],
      ['FinalWatermarkAge', alerts, 'Minimum', 300],
      ['SilenceAge', alerts, 'Minimum', 300],
      ['LogsQuarantined', alerts, 'Sum', 3600],
      ['CredentialFailures', tenant, 'Sum', 300],
      ['Holes', tenant, 'Average', 300],
      ['NotSetUp', tenant, 'Maximum', 300],
    ]);
  });

  it('that the function does not publish are refused, with the prop that would publish them', () => {
    const { forwarder } = forwarderWith({ collectAuditLogs: false });

    expect(() => forwarder.metric('Duplicates')).toThrow('allMetrics: is not set');
    expect(() => forwarder.metricWatermarkAge('audit-logs')).toThrow('collectAuditLogs = false');
    expect(forwarderWith({ allMetrics: true }).forwarder.metric('Duplicates').metricName).toBe('Duplicates');
  });
});

describe('grants', () => {
  /** Actions and the types of what they are allowed on. */
  function granted(give: (forwarder: ValenceForwarder, user: User) => void, encrypted = false) {
    const stack = new Stack(appWithoutCode(), 'Elsewhere', { env: { region: 'eu-west-1' } });
    const forwarder = new ValenceForwarder(stack, 'Valence', {
      encryptionKey: encrypted ? new Key(stack, 'Key') : undefined,
    });
    give(forwarder, new User(stack, 'Operator'));
    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    return (policy?.['Properties'].PolicyDocument.Statement ?? []) as {
      Action: string | string[];
      Resource: unknown;
      Condition?: unknown;
    }[];
  }

  it('give what their names say, and no more', () => {
    const actions = (give: Parameters<typeof granted>[0]) => granted(give).flatMap(({ Action }) => Action);

    expect(actions((forwarder, user) => forwarder.grantInvoke(user))).toEqual(['lambda:InvokeFunction']);
    expect(actions((forwarder, user) => forwarder.grantStartBackfill(user))).toEqual([
      'states:ListExecutions',
      'states:StartExecution',
      'states:DescribeExecution',
      'states:StopExecution',
    ]);
    expect(actions((forwarder, user) => forwarder.grantReadState(user))).toEqual([
      'dynamodb:GetItem',
      'dynamodb:Query',
    ]);
    expect(actions((forwarder, user) => forwarder.grantReadQuarantine(user))).toEqual([
      's3:GetObject',
      's3:ListBucket',
    ]);
    expect(actions((forwarder, user) => forwarder.grantStoreKeys(user))).toEqual([
      'secretsmanager:PutSecretValue',
    ]);
  });

  it('reach the objects of the tenant alone', () => {
    const [read, list] = granted((forwarder, user) => forwarder.grantReadQuarantine(user));

    expect(JSON.stringify(read?.Resource)).toContain('/quarantine/default/*');
    expect(list?.Condition).toEqual({ StringLike: { 's3:prefix': 'quarantine/default/*' } });
  });

  it.each([
    ['s3', (forwarder: ValenceForwarder, user: User) => forwarder.grantReadQuarantine(user)],
    ['dynamodb', (forwarder: ValenceForwarder, user: User) => forwarder.grantReadState(user)],
    ['secretsmanager', (forwarder: ValenceForwarder, user: User) => forwarder.grantStoreKeys(user)],
  ] as const)('include an own key, through %s alone', (service, give) => {
    const keyed = granted(give, true).filter(({ Action }) => [Action].flat().includes('kms:Decrypt'));

    expect(keyed).toHaveLength(1);
    expect(JSON.stringify(keyed[0]?.Condition)).toContain(`${service}.eu-west-1.`);
  });
});

describe('alarms', () => {
  it('notify by actions of any sort', () => {
    const arn = 'arn:aws:ssm:eu-west-1:111122223333:opsitem:3';
    const action: IAlarmAction = { bind: () => ({ alarmActionArn: arn }) };
    const { stack } = forwarderWith({ alarmActions: [action] });

    Template.fromStack(stack).allResourcesProperties('AWS::CloudWatch::CompositeAlarm', {
      AlarmActions: [arn],
      OKActions: [arn],
    });
  });

  it('have the thresholds that are given, and name them in their texts', () => {
    const { stack } = forwarderWith({
      alarmThresholds: {
        watermarkAgeWarning: Duration.hours(1),
        watermarkAgeCritical: Duration.hours(2),
        finalWatermarkAge: Duration.days(2),
        silence: Duration.hours(6),
        durationShare: 0.5,
        tableWritesPerHour: 1000,
      },
    });
    const template = Template.fromStack(stack);
    const has = (kind: string, Threshold: number, text: string) =>
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        AlarmName: `Elsewhere-Valence-${kind}`,
        Threshold,
        AlarmDescription: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp(text)])] },
      });

    has('watermark-age-warning-alerts', 3600, 'more than 1 hour,');
    has('watermark-age-critical-alerts', 7200, 'more than 2 hours');
    has('final-watermark-age-alerts', 172_800, 'last 2 days');
    has('silence-alerts', 21_600, 'for 6 hours');
    has('duration', 120_000, 'more than 50 %');
    has('table-writes', 1000, 'more than 1,000 write units');
  });

  it.each([
    [{ silence: Duration.seconds(0) }, 'alarmThresholds.silence'],
    [{ durationShare: 80 }, 'alarmThresholds.durationShare = 80'],
    [{ tableWritesPerHour: 0 }, 'alarmThresholds.tableWritesPerHour = 0'],
    [
      { watermarkAgeWarning: Duration.hours(2), watermarkAgeCritical: Duration.hours(2) },
      'alarmThresholds.watermarkAgeWarning = 2 hours: must be below watermarkAgeCritical',
    ],
  ])('refuse thresholds that mean nothing: %o', (alarmThresholds, says) => {
    expect(() => forwarderWith({ alarmThresholds })).toThrow(says);
  });
});

describe('a role that exists', () => {
  it('is that of the function, and gets its permissions', () => {
    const stack = new Stack(appWithoutCode(), 'Elsewhere');
    const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    new ValenceForwarder(stack, 'Valence', { role });
    const template = Template.fromStack(stack);
    const { Ref, ...id } = stack.resolve(role.roleArn);

    expect(Ref).toBeUndefined();
    template.hasResourceProperties('AWS::Lambda::Function', { Role: id });
    template.hasResource('AWS::Lambda::Function', {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^RoleDefaultPolicy')]),
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['dynamodb:PutItem']) })]),
      },
    });
  });

  it('that is immutable is left as it is', () => {
    const stack = new Stack(appWithoutCode(), 'Elsewhere');
    const role = Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111122223333:role/forwarder', {
      mutable: false,
    });
    new ValenceForwarder(stack, 'Valence', { role });

    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
  });
});

describe('connections', () => {
  it('are those of the function in its network', () => {
    const stack = new Stack(appWithoutCode(), 'Elsewhere');
    const vpc = new Vpc(stack, 'Vpc');
    const forwarder = new ValenceForwarder(stack, 'Valence', { vpc });
    forwarder.connections.allowTo(Peer.ipv4('10.0.0.7/32'), Port.tcp(3128));

    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: Match.arrayWith([Match.objectLike({ CidrIp: '10.0.0.7/32', FromPort: 3128 })]),
    });
  });

  it('need a network', () => {
    expect(() => forwarderWith().forwarder.connections).toThrow('vpc: is not set');
  });
});

describe('outputs', () => {
  it('have fixed keys in any stack, also in a nested one and below other constructs', () => {
    const { stack } = forwarderWith();
    const parent = new Stack(appWithoutCode(), 'Parent');
    const nested = new NestedStack(parent, 'Nested');
    new ValenceForwarder(nested, 'Valence');

    expect(outputsOf(stack)).toEqual(
      expect.arrayContaining([
        'FunctionName',
        'StateTable',
        'QuarantineBucket',
        'LogGroup',
        'StoreValenceKey',
      ]),
    );
    expect(outputsOf(nested)).toEqual(expect.arrayContaining(outputsOf(stack)));
  });

  it('begin with the tenant, so that a stack can have several forwarders', () => {
    const stack = new Stack(appWithoutCode(), 'Elsewhere');
    new ValenceForwarder(stack, 'One', { tenant: 'north-eu' });
    new ValenceForwarder(stack, 'Two', { tenant: 'south' });

    expect(outputsOf(stack)).toEqual(expect.arrayContaining(['NorthEuFunctionName', 'SouthFunctionName']));
    expect(JSON.stringify(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'))).toContain(
      'the stack outputs NorthEuStoreValenceKey and',
    );
  });

  it('that another output of the stack collides with are an error that says what to change', () => {
    const app = new App({ context: WITHOUT_CODE });
    const stack = new Stack(app, 'Elsewhere');
    new ValenceForwarder(stack, 'One', { tenant: 'one', outputPrefix: 'Valence' });
    new CfnOutput(stack, 'ValenceDashboard', { value: 'of something else' });

    expect(() => app.synth()).toThrow(
      /outputPrefix = "Valence": the stack has another output ValenceDashboard \(Elsewhere\/ValenceDashboard\)/,
    );
    expect(() => forwarderWith({ outputPrefix: 'a-b' })).toThrow('outputPrefix = "a-b"');
  });
});

it('errors name the prop, and its setting where that has another name', () => {
  const long = Array.from({ length: 300 }, (_, n) => `alert.field${n}`);

  expect(() => forwarderWith({ lookback: Duration.days(400) })).toThrow(/^ *- lookback /m);
  expect(() => forwarderWith({ datadogTags: long.map((path) => `path:${path}`) })).toThrow(
    /environment: takes \d+ bytes.* the largest: datadogTags: \d+/,
  );
});
