import { Annotations, ArnFormat, Duration, RemovalPolicy, Stack, TimeZone } from 'aws-cdk-lib';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Definition } from '../lambda/settings/definition.ts';
import { functionSettings } from '../lambda/settings/function-settings.ts';
import type { Config } from './config.ts';
import type { ForwarderSettings, ValenceForwarderProps } from './forwarder-props.ts';
import { spreadWindow } from './run-timeout.ts';

/**
 * The construct's props by the configuration. What exists already is imported by its identifiers alone: looking it up
 * would take credentials at synthesis.
 * @param scope where imports are put
 */
export function configuredProps(scope: Construct, config: Config): ValenceForwarderProps {
  return {
    tenant: config.tenant,
    ...configuredSettings(config),
    ...timing(config),
    memorySize: config.memorySize,
    reservedConcurrency: config.reservedConcurrency,
    backfillConcurrency: config.backfillConcurrency,
    logRetention: config.logRetentionDays,
    quarantineRetention: Duration.days(config.quarantineRetentionDays),
    removalPolicy: config.removalPolicy === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    alarmEmail: config.alarmEmail,
    alarmTopic: optional(config.alarmTopicArn, (arn) => Topic.fromTopicArn(scope, 'AlarmTopic', arn)),
    runbookUrl: config.runbookUrl,
    valenceSecret: existingSecret(scope, 'ValenceSecret', config.existingValenceSecret, config),
    datadogSecret: existingSecret(scope, 'DatadogSecret', config.existingDatadogSecret, config),
    encryptionKey: optional(config.kmsKeyArn, (arn) => Key.fromKeyArn(scope, 'Key', arn)),
    permissionsBoundary: optional(config.permissionsBoundary, (arn) =>
      ManagedPolicy.fromManagedPolicyArn(scope, 'Boundary', arn),
    ),
    ...network(scope, config),
  };
}

/** The settings of the function, which the construct takes under other names and in other units. */
const configuredSettings = (config: Config): ForwarderSettings =>
  Object.fromEntries(
    Object.entries<Definition>(functionSettings).flatMap(
      ([
        key,
        {
          context,
          value: { unit },
        },
      ]) => {
        if (context === undefined) return [];
        const value: unknown = config[context as keyof Config];
        return [[key, unit && typeof value === 'number' ? Duration[unit](value) : value]];
      },
    ),
  );

const optional = <T, R>(value: T | undefined, use: (value: T) => R): R | undefined =>
  value === undefined ? undefined : use(value);

function timing(config: Config): Pick<ValenceForwarderProps, 'interval' | 'schedule' | 'window' | 'timeout'> {
  const { schedule, scheduleIntervalMinutes = 0, scheduleTimezone, timeoutSeconds, neighbours } = config;
  const isCron = 'cron' in schedule;
  const interval = isCron ? Duration.minutes(scheduleIntervalMinutes) : schedule.interval;
  const timeout = optional(timeoutSeconds, Duration.seconds);
  return {
    interval,
    ...(isCron && {
      schedule: ScheduleExpression.expression(
        schedule.cron,
        scheduleTimezone === undefined ? TimeZone.ETC_UTC : TimeZone.of(scheduleTimezone),
      ),
    }),
    window: neighbours > 0 ? spreadWindow(interval, timeout) : undefined,
    timeout,
  };
}

function existingSecret(
  scope: Construct,
  id: string,
  nameOrArn: string | undefined,
  { existingSecretsKmsKeyArn }: Config,
): ISecret | undefined {
  if (nameOrArn === undefined) return undefined;
  const encryptionKey = optional(existingSecretsKmsKeyArn, (arn) => Key.fromKeyArn(scope, `${id}Key`, arn));
  const name = { service: 'secretsmanager', resource: 'secret', arnFormat: ArnFormat.COLON_RESOURCE_NAME };
  return Secret.fromSecretAttributes(scope, id, {
    ...(nameOrArn.startsWith('arn:')
      ? { secretCompleteArn: nameOrArn }
      : { secretPartialArn: Stack.of(scope).formatArn({ ...name, resourceName: nameOrArn }) }),
    ...(encryptionKey && { encryptionKey }),
  });
}

function network(
  scope: Construct,
  { vpcId, subnetIds = [], securityGroupIds }: Config,
): Pick<ValenceForwarderProps, 'vpc' | 'securityGroups'> {
  if (vpcId === undefined) return {};
  const vpc = Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId,
    // Nobody asks an imported network for its zones, but it wants as many as subnets.
    availabilityZones: subnetIds.map((_, index) => `zone-${index}`),
    privateSubnetIds: subnetIds,
  });
  Annotations.of(vpc).acknowledgeWarning(
    '@aws-cdk/aws-ec2:noSubnetRouteTableId',
    'Nothing here reads or changes the routes of the network.',
  );
  return {
    vpc,
    securityGroups: securityGroupIds?.map((id) => SecurityGroup.fromSecurityGroupId(scope, id, id)),
  };
}
