import { Duration } from 'aws-cdk-lib';
import * as z from 'zod';
import { fitsInterval } from '../run-timeout.ts';
import { regionOf } from './aws-values.ts';
import { collectionSettings } from './collection.ts';
import { operationSettings } from './operation.ts';
import { protectionSettings } from './protection.ts';

const fields = z.object({ ...collectionSettings, ...operationSettings, ...protectionSettings });

/** The settings of one forwarder. */
export type Settings = z.output<typeof fields>;

interface Rule {
  /** The setting to blame. */
  key: keyof Settings;
  error: string;
  /** The settings whose values it reckons with. Of any other it may only ask whether it was set. */
  reads?: readonly (keyof Settings)[];
  /** Not asked while one that it reads is wrong in itself: then there is no value to reckon with. */
  isBroken: (settings: Partial<Settings>) => boolean;
}

const isSet = (value: unknown) => value !== undefined;
const isCron = ({ schedule }: Partial<Settings>) => typeof schedule === 'object' && 'cron' in schedule;
const isRate = ({ schedule }: Partial<Settings>) => typeof schedule === 'object' && 'interval' in schedule;

/** Time between two runs, when it is known. */
function intervalOf({ schedule, scheduleIntervalMinutes }: Partial<Settings>): Duration | undefined {
  if (typeof schedule === 'object' && 'interval' in schedule) return schedule.interval;
  return scheduleIntervalMinutes === undefined ? undefined : Duration.minutes(scheduleIntervalMinutes);
}

/** Rules between settings. */
const RULES: readonly Rule[] = [
  {
    key: 'collectAuditLogs',
    error: 'is off, and so is collectAlerts: nothing would be forwarded',
    reads: ['collectAlerts', 'collectAuditLogs'],
    isBroken: ({ collectAlerts, collectAuditLogs }) => collectAlerts === false && collectAuditLogs === false,
  },
  {
    key: 'scheduleIntervalMinutes',
    error:
      'is not set, and schedule is a cron expression: timeout and alarms need to know how far its runs are apart',
    reads: ['schedule'],
    isBroken: (settings) => isCron(settings) && !isSet(settings.scheduleIntervalMinutes),
  },
  {
    key: 'scheduleIntervalMinutes',
    error: 'is set, but a rate(...) says itself how often',
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
    error: 'does not end more than 20 seconds before the next run starts',
    reads: ['timeoutSeconds', 'schedule', 'scheduleIntervalMinutes'],
    isBroken: ({ timeoutSeconds, ...settings }) => {
      const interval = intervalOf(settings);
      return (
        timeoutSeconds !== undefined &&
        interval !== undefined &&
        !fitsInterval(Duration.seconds(timeoutSeconds), interval)
      );
    },
  },
  {
    key: 'backfillConcurrency',
    error: 'is not below reservedConcurrency: a backfill would leave no run to the live forwarder',
    reads: ['backfillConcurrency', 'reservedConcurrency'],
    isBroken: ({ backfillConcurrency = 0, reservedConcurrency = Infinity }) =>
      backfillConcurrency >= reservedConcurrency,
  },
  {
    key: 'subnetIds',
    error: 'is not set, and vpcId is: the function must be told where in that network to run',
    reads: ['subnetIds'],
    isBroken: ({ vpcId, subnetIds }) => isSet(vpcId) && !subnetIds?.length,
  },
  {
    key: 'vpcId',
    error: 'is not set, and subnetIds or securityGroupIds is',
    isBroken: ({ vpcId, subnetIds, securityGroupIds }) =>
      !isSet(vpcId) && (isSet(subnetIds) || isSet(securityGroupIds)),
  },
  {
    key: 'kmsKeyArn',
    error: 'is in another region than awsRegion; a key serves its own region alone',
    reads: ['kmsKeyArn', 'awsRegion'],
    isBroken: ({ kmsKeyArn, awsRegion }) =>
      awsRegion !== undefined && kmsKeyArn !== undefined && regionOf(kmsKeyArn) !== awsRegion,
  },
  {
    key: 'existingSecretsKmsKeyArn',
    error:
      'is set without existingValenceSecret or existingDatadogSecret; the key of new secrets is kmsKeyArn',
    isBroken: ({ existingSecretsKmsKeyArn, existingValenceSecret, existingDatadogSecret }) =>
      isSet(existingSecretsKmsKeyArn) && !isSet(existingValenceSecret) && !isSet(existingDatadogSecret),
  },
];

/** Reads the settings of one forwarder. Rules are told together with the problems of single settings. */
export const settingsSchema = fields.superRefine(
  (settings, { issues, addIssue }) => {
    const wrong = new Set(issues.map(({ path }) => path?.[0]));
    for (const { key, error, reads = [], isBroken } of RULES) {
      if (reads.some((read) => wrong.has(read)) || !isBroken(settings)) continue;
      addIssue({ code: 'custom', path: [key], message: error });
    }
  },
  { when: () => true },
);
