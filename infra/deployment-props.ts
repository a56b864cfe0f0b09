import { Duration, RemovalPolicy, TimeZone } from 'aws-cdk-lib';
import { type ITableV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type ISecurityGroup, type IVpc, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { type IManagedPolicy, ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { ValueOf } from '../lambda/settings/definition.ts';
import type { DeploymentSettings } from '../lambda/settings/deployment-settings.ts';
import type { Settings } from './context/settings.ts';
import { importSecret, importVpc } from './imports.ts';

/** The scope of imports, and the other settings. */
interface Use {
  readonly scope: Construct;
  readonly settings: Settings;
}

type ToProp<Value> = (value: Value, use: Use) => unknown;

/** How a setting is used: what makes its prop, or what uses it instead: the prop of another setting, or the stack. */
type Uses = {
  readonly [K in keyof DeploymentSettings]:
    | ToProp<ValueOf<DeploymentSettings[K]>>
    | Exclude<keyof DeploymentSettings, K>
    | 'stack';
};

const asGiven = <Value>(value: Value): Value => value;

/** Applies what takes a value, where there is one. */
const ifGiven =
  <T, R>(use: (value: T, more: Use) => R) =>
  (value: T | undefined, more: Use): R | undefined =>
    value === undefined ? undefined : use(value, more);

/**
 * How each setting of the deployment is used. What exists already is imported by its identifiers alone: looking it up
 * would take credentials at synthesis.
 */
export const deploymentUses = {
  awsRegion: 'stack',
  schedule: (when, { settings }) =>
    'cron' in when
      ? ScheduleExpression.expression(
          when.cron,
          settings.scheduleTimezone === undefined ? TimeZone.ETC_UTC : TimeZone.of(settings.scheduleTimezone),
        )
      : undefined,
  interval: (minutes = 0, { settings: { schedule } }): Duration =>
    'cron' in schedule ? Duration.minutes(minutes) : schedule.interval,
  scheduleTimezone: 'schedule',
  memorySize: asGiven<number>,
  timeout: ifGiven((seconds: number) => Duration.seconds(seconds)),
  reservedConcurrency: asGiven<number | undefined>,
  backfillConcurrency: asGiven<number>,
  logRetention: asGiven<RetentionDays>,
  alarmEmail: asGiven<string | undefined>,
  alarmTopic: ifGiven((arn: string, { scope }): ITopic => Topic.fromTopicArn(scope, 'AlarmTopic', arn)),
  runbookUrl: asGiven<string | undefined>,
  valenceSecret: ifGiven(
    (nameOrArn: string, { scope }): ISecret => importSecret(scope, 'ValenceSecret', nameOrArn),
  ),
  datadogSecret: ifGiven(
    (nameOrArn: string, { scope }): ISecret => importSecret(scope, 'DatadogSecret', nameOrArn),
  ),
  proxySecret: ifGiven(
    (nameOrArn: string, { scope }): ISecret => importSecret(scope, 'ProxySecret', nameOrArn),
  ),
  secretsKey: ifGiven((arn: string, { scope }): IKey => Key.fromKeyArn(scope, 'SecretsKey', arn)),
  stateTable: ifGiven(
    (name: string, { scope }): ITableV2 => TableV2.fromTableName(scope, 'ExistingStateTable', name),
  ),
  quarantineBucket: ifGiven(
    (name: string, { scope }): IBucket => Bucket.fromBucketName(scope, 'ExistingQuarantineBucket', name),
  ),
  dataKey: ifGiven((arn: string, { scope }): IKey => Key.fromKeyArn(scope, 'DataKey', arn)),
  encryptionKey: ifGiven((arn: string, { scope }): IKey => Key.fromKeyArn(scope, 'Key', arn)),
  permissionsBoundary: ifGiven(
    (arn: string, { scope }): IManagedPolicy => ManagedPolicy.fromManagedPolicyArn(scope, 'Boundary', arn),
  ),
  rolePath: asGiven<string | undefined>,
  roleNamePrefix: asGiven<string | undefined>,
  vpc: ifGiven((vpcId: string, { scope, settings }): IVpc => importVpc(scope, vpcId, settings.subnetIds)),
  subnetIds: 'vpc',
  securityGroups: ifGiven((ids: string[], { scope }): ISecurityGroup[] =>
    ids.map((id) => SecurityGroup.fromSecurityGroupId(scope, id, id)),
  ),
  removalPolicy: (policy): RemovalPolicy =>
    policy === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
  quarantineRetention: (days) => Duration.days(days),
  quarantineLocked: asGiven<boolean>,
  resourceTags: 'stack',
} satisfies Uses;

type AllProps = {
  readonly [K in keyof DeploymentSettings]?: (typeof deploymentUses)[K] extends (
    ...args: never[]
  ) => infer Prop
    ? Prop | undefined
    : never;
};

/** The settings of the deployment that have a prop of their own, doc comments included. */
export type DeploymentProps = Pick<
  AllProps,
  {
    [K in keyof DeploymentSettings]: (typeof deploymentUses)[K] extends string ? never : K;
  }[keyof DeploymentSettings]
>;
