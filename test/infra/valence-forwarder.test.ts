import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import type { ValenceForwarderProps } from '../../infra/forwarder-props.ts';
import { ValenceForwarder } from '../../infra/valence-forwarder.ts';
import { ConfigError } from '../../lambda/shared/errors.ts';
import { appWithoutCode } from './synthesised.ts';

function stackWith(...forwarders: ValenceForwarderProps[]) {
  const stack = new Stack(appWithoutCode(), 'Elsewhere');
  for (const [number, props] of forwarders.entries())
    new ValenceForwarder(stack, `Forwarder${number}`, props);
  return stack;
}

it('the construct works in another app without any setting', () => {
  Template.fromStack(stackWith({})).resourceCountIs('AWS::Lambda::Function', 1);
});

it('one stack can have two forwarders, each with its own tenant', () => {
  const template = Template.fromStack(stackWith({ tenant: 'north' }, { tenant: 'south' }));
  for (const tenant of ['north', 'south']) {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { TENANT: tenant } },
    });
  }
  expect(JSON.stringify(template.toJSON())).toContain('/quarantine/south/*');
});

it('retention and timeout can be chosen', () => {
  const template = Template.fromStack(
    stackWith({
      interval: Duration.minutes(15),
      timeout: Duration.minutes(10),
      logRetention: RetentionDays.ONE_WEEK,
      quarantineRetention: Duration.days(30),
    }),
  );
  template.hasResourceProperties('AWS::Lambda::Function', { Timeout: 600 });
  template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
  template.hasResourceProperties('AWS::S3::Bucket', {
    LifecycleConfiguration: { Rules: Match.arrayWith([Match.objectLike({ ExpirationInDays: 30 })]) },
  });
});

it('a table and a bucket that exist are used with the keys that they were imported with, and such a bucket is not locked', () => {
  const stack = stackWith();
  const key = new Key(stack, 'Key');
  const bucket = Bucket.fromBucketAttributes(stack, 'Bucket', {
    bucketName: 'first-quarantine',
    encryptionKey: key,
  });
  const props = {
    stateTable: TableV2.fromTableName(stack, 'Table', 'first-state'),
    quarantineBucket: bucket,
  };

  new ValenceForwarder(stack, 'Again', props);

  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::DynamoDB::GlobalTable', 0);
  template.resourceCountIs('AWS::S3::Bucket', 0);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { STATE_TABLE: 'first-state', QUARANTINE_BUCKET: 'first-quarantine' } },
  });
  expect(JSON.stringify(template.findResources('AWS::IAM::Role'))).toContain(
    '"kms:ViaService":[{"Fn::Join":["",["s3."',
  );
  expect(() => new ValenceForwarder(stack, 'Locked', { ...props, quarantineLocked: true })).toThrow(
    'quarantineLocked: needs a bucket that the stack creates',
  );
});

const warningsIn = (stack: Stack, about: string) =>
  Annotations.fromStack(stack)
    .findWarning('*', Match.stringLikeRegexp(about))
    .map(({ entry }) => entry.data);

it('a former bucket without its table, or a former table without its bucket, is a warning', () => {
  const warningsOf = (props: (stack: Stack) => ValenceForwarderProps) => {
    const stack = stackWith();
    new ValenceForwarder(stack, 'Forwarder', props(stack));
    return warningsIn(stack, 'is given without');
  };
  const table = (stack: Stack) => ({ stateTable: TableV2.fromTableName(stack, 'Former', 'state') });
  const bucket = (stack: Stack) => ({
    quarantineBucket: Bucket.fromBucketName(stack, 'FormerBucket', 'quarantine'),
  });

  expect(warningsOf(bucket)).toEqual([
    expect.stringContaining('signed with the secret of the former table, so that a replay sends none'),
  ]);
  expect(warningsOf(table)).toEqual([expect.stringContaining('a replay looks for it in the new bucket')]);
  expect(warningsOf((stack) => ({ ...table(stack), ...bucket(stack) }))).toEqual([]);
  expect(warningsOf((stack) => ({ quarantineBucket: new Bucket(stack, 'Fresh') }))).toEqual([]);
  expect(warningsOf(() => ({}))).toEqual([]);
});

const ENV = { account: '111122223333', region: 'eu-west-1' };

/** An app with two forwarders, each in a stack of its own. */
function twoStacks(
  envs: readonly [StackProps['env'], StackProps['env']],
  props: (stack: Stack, index: number) => ValenceForwarderProps,
) {
  const app = appWithoutCode();
  return envs.map((env, index) => {
    const stack = new Stack(app, `Place${index}`, { env });
    new ValenceForwarder(stack, 'Forwarder', props(stack, index));
    return stack;
  });
}

describe('two forwarders of one app', () => {
  const imported = (stack: Stack) => TableV2.fromTableName(stack, 'Former', 'state');
  const named = (stack: Stack, index: number) => ({ tenant: `tenant-${index}`, stateTable: imported(stack) });

  it('are refused with the same table, by whichever way it was imported', () => {
    const stack = stackWith();
    const stateTable = imported(stack);
    new ValenceForwarder(stack, 'One', { tenant: 'one', stateTable });

    const says = /^.*stateTable \(existingStateTable\): Elsewhere\/One has the same table/m;
    expect(() => new ValenceForwarder(stack, 'Two', { tenant: 'two', stateTable })).toThrow(says);
    expect(() => twoStacks([{}, {}], named)).toThrow('Place0/Forwarder has the same table');
    expect(() => twoStacks([ENV, ENV], named)).toThrow('Place0/Forwarder has the same table');
  });

  it('may have tables of one name in two regions', () => {
    expect(() => twoStacks([ENV, { ...ENV, region: 'us-east-1' }], named)).not.toThrow();
  });

  it('are refused with the same tenant in one stack, or in one account and region', () => {
    expect(() => stackWith({}, {})).toThrow('tenant = "default": Elsewhere/Forwarder0 has the same');
    expect(() => twoStacks([ENV, ENV], () => ({ tenant: 'acme' }))).toThrow(
      'tenant = "acme": Place0/Forwarder has the same, in the same region',
    );
  });

  it('may have the same tenant in different accounts or regions', () => {
    for (const other of [
      { ...ENV, region: 'us-east-1' },
      { ...ENV, account: '444455556666' },
    ]) {
      const stacks = twoStacks([ENV, other], () => ({}));
      expect(stacks.flatMap((stack) => warningsIn(stack, 'has the same'))).toEqual([]);
    }
  });

  it('are a warning with the same tenant if only the deployment decides where they are', () => {
    const stacks = twoStacks([{ region: 'eu-west-1' }, { region: 'eu-west-1' }], () => ({}));
    expect(stacks.flatMap((stack) => warningsIn(stack, 'has the same'))).toEqual([
      expect.stringContaining(
        'tenant = "default": Place0/Forwarder has the same. If both are deployed to one',
      ),
    ]);
  });
});

it.each([
  { props: { interval: Duration.seconds(30) }, says: 'interval = 30 seconds' },
  { props: { interval: Duration.seconds(90) }, says: 'whole minutes' },
  { props: { interval: Duration.hours(13) }, says: 'from 1 minute to 12 hours' },
  { props: { timeout: Duration.seconds(280) }, says: 'timeout = 4 minutes 40 seconds' },
  {
    props: { collectAlerts: false, collectAuditLogs: false },
    says: 'collectAuditLogs = "false": is off, and so is collectAlerts',
  },
  { props: { tenant: 'Two Words' }, says: 'tenant = "Two Words"' },
  { props: { valenceApi: { timeUnit: 'h' as 's' } }, says: 'valenceApi.timeUnit' },
])('F78 F79 a rule that is broken is named: $says', ({ props, says }) => {
  expect(() => stackWith(props)).toThrow(ConfigError);
  expect(() => stackWith(props)).toThrow(says);
});

it('accepts a timeout one second within the limit', () => {
  expect(() => stackWith({ timeout: Duration.seconds(279) })).not.toThrow();
});

it('an own key needs a stack with a region', () => {
  const withKey = (region?: string) => {
    const stack = new Stack(appWithoutCode(), 'Elsewhere', { env: { region } });
    return () => new ValenceForwarder(stack, 'Forwarder', { encryptionKey: new Key(stack, 'Key') });
  };
  expect(withKey()).toThrow('encryptionKey: needs a stack whose region is known');
  expect(withKey('eu-west-1')).not.toThrow();
});

it('F78 a window shortens the time of a run, and the default timeout', () => {
  const window = Duration.minutes(1);
  expect(() => stackWith({ window, timeout: Duration.seconds(220) })).toThrow('less the window of 1 minute');
  Template.fromStack(stackWith({ window })).hasResourceProperties('AWS::Lambda::Function', { Timeout: 215 });
});

it('refuses an environment larger than Lambda allows, naming the largest variables', () => {
  const paths = (count: number) => Array.from({ length: count }, (_, n) => `alert.field${n}`);
  const withPaths = (count: number) => () => stackWith({ redact: { remove: paths(count) } });

  expect(withPaths(100)).not.toThrow();
  expect(withPaths(300)).toThrow(/takes \d+ bytes, and Lambda allows 4096. Shorten the largest: redact: \d+/);
});

it('without security groups, or with an empty list, there is one that lets only HTTPS out', () => {
  const stack = new Stack(appWithoutCode(), 'Network');
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['a'],
    privateSubnetIds: ['subnet-0123456789abcdef0'],
  });
  new ValenceForwarder(stack, 'Forwarder', { vpc, securityGroups: [] });

  Template.fromStack(stack).allResourcesProperties('AWS::EC2::SecurityGroup', {
    SecurityGroupEgress: [{ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }],
  });
});
