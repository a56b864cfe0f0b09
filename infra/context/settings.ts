import { Duration } from 'aws-cdk-lib/core';
import * as z from 'zod/mini';
import { LEASE_MARGIN_SECONDS } from '../../lambda/limits.ts';
import { contextShape, type Definition } from '../../lambda/settings/definition.ts';
import { deploymentSettings } from '../../lambda/settings/deployment-settings.ts';
import { FUNCTION_RULES, functionSettings } from '../../lambda/settings/function-settings.ts';
import { secondsOf } from '../../lambda/settings/kinds.ts';
import { type Rule, withRules } from '../../lambda/settings/rules.ts';
import { fitsInterval } from '../run-timeout.ts';
import { regionRules } from './regions.ts';

const fields = z.object({ ...contextShape(functionSettings), ...contextShape(deploymentSettings) });

/** The settings of one forwarder. */
export type Settings = z.output<typeof fields>;

const isSet = (value: unknown) => value !== undefined;
const isCron = ({ schedule }: Partial<Settings>) => typeof schedule === 'object' && 'cron' in schedule;
const isRate = ({ schedule }: Partial<Settings>) => typeof schedule === 'object' && 'interval' in schedule;

/** Time between two runs, undefined while the settings do not define it. */
function intervalOf({ schedule, scheduleIntervalMinutes }: Partial<Settings>): Duration | undefined {
  if (schedule === undefined) return undefined;
  if ('interval' in schedule) return schedule.interval;
  // The value may be wrong, which its own check reports.
  const minutes = scheduleIntervalMinutes ?? 0;
  return Number.isInteger(minutes) && minutes > 0 ? Duration.minutes(minutes) : undefined;
}

/** Whether a run may take longer than runs are apart. */
const isTooLong = (timeoutSeconds: number | undefined, interval: Duration | undefined): boolean =>
  timeoutSeconds !== undefined &&
  interval !== undefined &&
  !fitsInterval(Duration.seconds(timeoutSeconds), interval);

/** What has to be in the region of the stack. */
const IN_THE_REGION = [
  'kmsKeyArn',
  'existingSecretsKmsKeyArn',
  'existingDataKmsKeyArn',
  'existingValenceSecret',
  'existingDatadogSecret',
  'existingProxySecret',
  'alarmTopicArn',
  'permissionsBoundary',
] as const;

const EXISTING_SECRETS = ['existingValenceSecret', 'existingDatadogSecret', 'existingProxySecret'] as const;

/** Rules between settings. */
const RULES: readonly Rule<Settings>[] = [
  {
    key: 'scheduleIntervalMinutes',
    error:
      'is not set, but schedule is a cron expression: timeout and alarms depend on the longest time between two runs',
    reads: ['schedule'],
    isBroken: (settings) => isCron(settings) && !isSet(settings.scheduleIntervalMinutes),
  },
  {
    key: 'scheduleIntervalMinutes',
    error: 'is set, but the interval of a rate(...) is known',
    reads: ['schedule'],
    isBroken: (settings) => isRate(settings) && isSet(settings.scheduleIntervalMinutes),
  },
  {
    key: 'scheduleTimezone',
    error: 'is set, but a rate(...) has no time of day',
    reads: ['schedule'],
    isBroken: (settings) => isRate(settings) && isSet(settings.scheduleTimezone),
  },
  {
    key: 'timeoutSeconds',
    error: `does not end more than ${LEASE_MARGIN_SECONDS} seconds before the next run starts`,
    // Not scheduleIntervalMinutes: a wrong one must not hide that the timeout does not fit a rate(...).
    reads: ['timeoutSeconds', 'schedule'],
    isBroken: (settings) => isTooLong(settings.timeoutSeconds, intervalOf(settings)),
  },
  {
    key: 'backfillConcurrency',
    error: 'is not below reservedConcurrency: a backfill would leave no concurrency for the live run',
    reads: ['backfillConcurrency', 'reservedConcurrency'],
    isBroken: ({ backfillConcurrency = 0, reservedConcurrency = Infinity }) =>
      backfillConcurrency >= reservedConcurrency,
  },
  {
    key: 'subnetIds',
    error: 'is not set, but vpcId is: the function needs subnets of that network',
    reads: ['subnetIds'],
    isBroken: ({ vpcId, subnetIds }) => isSet(vpcId) && !subnetIds?.length,
  },
  {
    key: 'vpcId',
    error: 'is not set, and subnetIds or securityGroupIds is',
    isBroken: ({ vpcId, subnetIds, securityGroupIds }) =>
      !isSet(vpcId) && (isSet(subnetIds) || isSet(securityGroupIds)),
  },
  ...regionRules<Settings>(IN_THE_REGION),
  {
    key: 'existingProxySecret',
    error: 'is set without httpsProxy',
    isBroken: ({ existingProxySecret, httpsProxy }) => isSet(existingProxySecret) && !isSet(httpsProxy),
  },
  {
    key: 'existingSecretsKmsKeyArn',
    error:
      'is set without existingValenceSecret, existingDatadogSecret or existingProxySecret; the key of new secrets is kmsKeyArn',
    isBroken: ({ existingSecretsKmsKeyArn, ...settings }) =>
      isSet(existingSecretsKmsKeyArn) && EXISTING_SECRETS.every((key) => !isSet(settings[key])),
  },
  {
    key: 'existingDataKmsKeyArn',
    error:
      'is set without existingStateTable or existingQuarantineBucket; the key of a new table and bucket is kmsKeyArn',
    isBroken: ({ existingDataKmsKeyArn, existingStateTable, existingQuarantineBucket }) =>
      isSet(existingDataKmsKeyArn) && !isSet(existingStateTable) && !isSet(existingQuarantineBucket),
  },
  {
    key: 'quarantineLocked',
    error:
      'is set with existingQuarantineBucket, whose policy the stack does not change: lock it with a policy of your own',
    reads: ['quarantineLocked'],
    isBroken: ({ quarantineLocked = false, existingQuarantineBucket }) =>
      quarantineLocked && isSet(existingQuarantineBucket),
  },
];

const inContext = Object.entries<Definition>(functionSettings);

/** A value of the context in the base unit of its definition. */
const inBaseUnit = ({ value: { unit } }: Definition, value: unknown) =>
  unit && typeof value === 'number' ? value * secondsOf(unit) : value;

/** Reads the settings of one forwarder. Rules are reported together with the problems of single settings. */
export const settingsSchema = withRules(
  withRules(fields, FUNCTION_RULES, {
    name: (key) => (functionSettings[key] as Definition).context ?? key,
    values: (settings) =>
      Object.fromEntries(
        inContext.map(([key, definition]) => [
          key,
          definition.context && inBaseUnit(definition, settings[definition.context]),
        ]),
      ),
  }),
  RULES,
  { name: (key) => key, values: (settings) => settings },
);
