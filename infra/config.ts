import * as z from 'zod';
import { DATADOG_SITES } from '../lambda/common/datadog-sites.ts';
import { ConfigError } from '../lambda/common/errors.ts';
import {
  datadogTag,
  flag,
  jsonOf,
  listOf,
  oneOf,
  setting,
  settingProblems,
  wholeNumber,
} from '../lambda/common/settings.ts';
import { VALENCE_REGIONS } from '../lambda/common/valence-regions.ts';
import { environmentSchema } from '../lambda/forwarder/config.ts';
import { apiProfileOverrides } from '../lambda/forwarder/valence/api-profile.ts';
import { nearMiss } from './near-miss.ts';
import { ALLOWED_INTERVAL, scheduleRate } from './schedule-rate.ts';

const MAX_INITIAL_LOOKBACK_HOURS = 720;

const TOPIC_ARN = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/;

const AWS_REGION = /^[a-z]{2}(-[a-z]+){1,2}-\d$/;

const valenceRegion = () =>
  z.enum(VALENCE_REGIONS, {
    error: ({ input }) =>
      typeof input === 'string' && AWS_REGION.test(input)
        ? 'is an AWS region, and this is the Valence region; the AWS region comes from your AWS profile (AWS_PROFILE, AWS_REGION) or from the setting awsRegion'
        : 'is not known',
  });

/** The settings of the CDK app: `-c key=value` or, typed, under `context` in cdk.json. */
export const contextSchema = z
  .object({
    region: setting(valenceRegion().prefault('us'), {
      description:
        'Valence region: `us` when you open Valence at `app.valencesecurity.com`, `eu` at `appeu.valencesecurity.com`.',
      allowed: VALENCE_REGIONS.join(', '),
    }),
    awsRegion: setting(z.string().regex(AWS_REGION, { error: 'is not an AWS region' }).optional(), {
      description: 'AWS region to deploy to, when it is not the one of your AWS profile.',
      allowed: 'an AWS region such as eu-west-1',
    }),
    datadogSite: setting(oneOf(DATADOG_SITES).prefault('datadoghq.com'), {
      description: 'Datadog site of your organisation, as the address bar of Datadog shows it.',
      allowed: DATADOG_SITES.join(', '),
    }),
    schedule: setting(scheduleRate().prefault('rate(5 minutes)'), {
      description: 'How often the forwarder runs.',
      allowed: `rate(N minutes) or rate(N hours), ${ALLOWED_INTERVAL}`,
    }),
    collectAlerts: setting(flag().prefault(true), {
      description: 'Forward alerts.',
      allowed: 'true, false; not off together with collectAuditLogs',
    }),
    collectAuditLogs: setting(flag().prefault(true), {
      description: 'Forward audit logs.',
      allowed: 'true, false; not off together with collectAlerts',
    }),
    initialLookbackHours: setting(wholeNumber(0, MAX_INITIAL_LOOKBACK_HOURS).prefault(12), {
      description: 'How far back the very first run starts, in hours.',
      allowed: `a whole number from 0 to ${MAX_INITIAL_LOOKBACK_HOURS}`,
    }),
    valenceApi: setting(jsonOf(apiProfileOverrides).optional(), {
      description: 'Corrections to the assumed Valence API, merged over the default profile.',
      allowed: 'a JSON object with keys of the API profile',
    }),
    datadogTags: setting(listOf(datadogTag()).prefault([]), {
      description: 'Tags put on every log.',
      allowed: 'key:value, separated by commas, or a JSON list',
    }),
    datadogEnv: setting(environmentSchema.shape.DATADOG_ENV, {
      description: 'Value of the `env` tag on every log.',
      allowed: 'letters, digits and _ - . / :',
    }),
    alarmEmail: setting(z.email({ error: 'is not an e-mail address' }).optional(), {
      description: 'Gets a mail for every alarm, once the link in the first mail is followed.',
      allowed: 'an e-mail address',
    }),
    alarmTopicArn: setting(z.string().regex(TOPIC_ARN, { error: 'is not the ARN of a topic' }).optional(), {
      description: 'Existing SNS topic that every alarm is published to.',
      allowed: 'an ARN such as arn:aws:sns:eu-west-1:111122223333:alarms',
    }),
    runbookUrl: setting(z.url({ protocol: /^https$/, error: 'is not an https URL' }).optional(), {
      description: 'Address of your copy of docs/runbook.md, for the links in the alarms.',
      allowed: 'an https URL',
    }),
  })
  .refine(({ collectAlerts, collectAuditLogs }) => collectAlerts || collectAuditLogs, {
    path: ['collectAuditLogs'],
    error: 'is off, and so is collectAlerts: nothing would be forwarded',
    // Told together with the problems of other settings, not after they were mended.
    when: () => true,
  });

export type Config = z.output<typeof contextSchema>;

/** Keys that tools put into every app's context: `@aws-cdk/core:...`, `aws:cdk:...`, `availability-zones:account=...`. */
const belongsToCdk = (key: string) => key.includes('@') || key.includes(':') || key.startsWith('aws-cdk');

function misspelled(context: Record<string, unknown>): string[] {
  const known = Object.keys(contextSchema.shape);
  return Object.keys(context)
    .filter((key) => !known.includes(key) && !belongsToCdk(key))
    .flatMap((key) => {
      const meant = nearMiss(key, known);
      return meant ? [`${key}: there is no such setting. Did you mean ${meant}?`] : [];
    });
}

/**
 * Reads the CDK context.
 * @param context all of it: keys of the CDK itself and of other tools are left alone
 * @throws {ConfigError} with every problem: key, value, what is wrong and what is allowed
 */
export function readConfig(context: Record<string, unknown>): Config {
  const parsed = contextSchema.safeParse(context);
  const problems = [
    ...misspelled(context),
    ...(parsed.success ? [] : settingProblems(contextSchema, parsed.error, context)),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return parsed.data;
}
