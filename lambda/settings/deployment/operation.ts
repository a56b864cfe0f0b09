import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod/mini';
import { DEFAULT_MEMORY_MIB } from '../../limits.ts';
import type { StackSetting } from '../definition.ts';
import { count, inContext } from '../kinds.ts';
import { plainText, wholeNumber } from '../readers.ts';
import { awsRegion } from './aws-region.ts';
import { topicArn } from './aws-values.ts';
import { ALLOWED_INTERVAL, MAX_INTERVAL, scheduleExpression } from './schedule-expression.ts';

/** Source of the maximum: AWS Lambda quotas. With less than the minimum, a page of 20 MB and its logs do not fit. */
const MEMORY_MIB = { min: 256, max: 10_240 };

/** A run needs a few seconds to start and five to save its progress. Source of the maximum: AWS Lambda quotas. */
const TIMEOUT_SECONDS = { min: 30, max: 900 };

const DEFAULT_BACKFILL_CONCURRENCY = 4;
const MAX_BACKFILL_CONCURRENCY = 50;

/** The live run, and the slices that a backfill processes concurrently by default. */
const MIN_RESERVED_CONCURRENCY = 1 + DEFAULT_BACKFILL_CONCURRENCY;
const MAX_RESERVED_CONCURRENCY = 1000;

/** The lengths that CloudWatch Logs accepts, without "never" (9999), which would keep personal data for ever. */
const RETENTION_DAYS = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

const logRetention = () =>
  wholeNumber(1, 3653).check(
    z.refine((days) => RETENTION_DAYS.includes(days), { error: 'is no length that CloudWatch Logs offers' }),
  );

const timeZone = () => plainText().check(z.refine(isTimeZone, { error: 'is not the name of a time zone' }));

/** Intl also accepts offsets such as +01:00 and names in any case; EventBridge Scheduler does not document them. */
function isTimeZone(name: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    const isInOtherCase = timeZone !== name && timeZone.toLowerCase() === name.toLowerCase();
    return /^[A-Z]/.test(name) && !isInOtherCase;
  } catch {
    return false;
  }
}

/** Settings of when and how the function runs, and whom its alarms notify. */
export const operationSettings = {
  awsRegion: {
    context: 'awsRegion',
    value: inContext(awsRegion(), 'an AWS region such as eu-west-1'),
    description: 'AWS region to deploy to, if it is not the one of your AWS profile.',
    example: { context: 'eu-north-1' },
  },
  /**
   * When to run, where that is not just every `interval`; the runs must not be further apart than `interval`.
   * @default every `interval`
   */
  schedule: {
    context: 'schedule',
    value: inContext(
      scheduleExpression(),
      `rate(N minutes) or rate(N hours), ${ALLOWED_INTERVAL}; or cron(...) with scheduleIntervalMinutes`,
    ),
    default: 'rate(5 minutes)',
    description: 'How often, or when, the forwarder runs.',
    example: { context: 'cron(0/10 * * * ? *)', with: { scheduleIntervalMinutes: 10 } },
  },
  /**
   * The longest time between two runs: whole minutes, from 1 minute to 12 hours. If `schedule` leaves a longer gap, that counts, and
   * the synthesis warns.
   * @default 5 minutes
   */
  interval: {
    context: 'scheduleIntervalMinutes',
    value: count(1, MAX_INTERVAL.toMinutes()),
    description: 'With `cron(...)`: the longest time between two runs.',
    allowed: `a whole number from 1 to ${MAX_INTERVAL.toMinutes()}; only with cron(...)`,
    example: { context: 20, with: { schedule: 'cron(0/20 * * * ? *)' } },
  },
  scheduleTimezone: {
    context: 'scheduleTimezone',
    value: inContext(timeZone(), 'a name such as Europe/Berlin; only with cron(...)'),
    description: 'With `cron(...)`: its time zone. Not set: UTC.',
    example: {
      context: 'Europe/Berlin',
      with: { schedule: 'cron(0/10 * * * ? *)', scheduleIntervalMinutes: 10 },
    },
  },
  /**
   * Memory in MiB.
   * @default 512
   */
  memorySize: {
    context: 'memorySize',
    value: count(MEMORY_MIB.min, MEMORY_MIB.max),
    default: DEFAULT_MEMORY_MIB,
    description: 'Memory of the function, in MiB. Lambda gives it CPU in proportion.',
    example: { context: 1024 },
  },
  /**
   * The function's timeout. A run must end more than 20 seconds before the next one starts.
   * @default 240 seconds, or 25 seconds less than the interval (less the window) where that is shorter
   */
  timeout: {
    context: 'timeoutSeconds',
    value: count(TIMEOUT_SECONDS.min, TIMEOUT_SECONDS.max),
    description: 'Timeout of the function. Not set: 240, or less if the interval between runs is shorter.',
    allowed: `a whole number from ${TIMEOUT_SECONDS.min} to ${TIMEOUT_SECONDS.max}; a run must end more than 20 seconds before the next one starts`,
    example: { context: 200 },
  },
  /**
   * Concurrency reserved for this function out of the account's limit; also the most concurrent runs that it may have.
   * @default none reserved
   */
  reservedConcurrency: {
    context: 'reservedConcurrency',
    value: count(MIN_RESERVED_CONCURRENCY, MAX_RESERVED_CONCURRENCY),
    description:
      "Concurrency reserved for this function out of the account's limit; also the most concurrent runs that it may have.",
    allowed: `a whole number from ${MIN_RESERVED_CONCURRENCY} (a live run and a backfill) to ${MAX_RESERVED_CONCURRENCY}`,
    example: { context: 8 },
  },
  /**
   * Slices of a backfill that are processed concurrently, each by an invocation of its own.
   * @default 4
   */
  backfillConcurrency: {
    context: 'backfillConcurrency',
    value: count(1, MAX_BACKFILL_CONCURRENCY),
    default: DEFAULT_BACKFILL_CONCURRENCY,
    description: 'Slices of a backfill that are processed concurrently, each by an invocation of its own.',
    allowed: `a whole number from 1 to ${MAX_BACKFILL_CONCURRENCY}; less than reservedConcurrency if that is set`,
    example: { context: 7 },
  },
  /**
   * How long the function's log is kept.
   * @default three months
   */
  logRetention: {
    context: 'logRetentionDays',
    value: inContext<RetentionDays>(logRetention(), `${RETENTION_DAYS.join(', ')} days`),
    default: RetentionDays.THREE_MONTHS,
    description: "How long the function's log is kept.",
    example: { context: 14 },
  },
  /**
   * Receives a mail for every alarm, by a topic of its own.
   * @default no mail
   */
  alarmEmail: {
    context: 'alarmEmail',
    value: inContext(z.email({ error: 'is not an e-mail address' }), 'an e-mail address'),
    description:
      'Receives a mail for every alarm, after you confirmed the subscription by the link in the first mail.',
    example: { context: 'security@example.com' },
  },
  /**
   * Existing topic that every alarm is published to. Its policy must let `cloudwatch.amazonaws.com` publish, and the
   * policy of the key it may be encrypted with must let it use the key (`kms:Decrypt`, `kms:GenerateDataKey*`).
   * @default none
   */
  alarmTopic: {
    context: 'alarmTopicArn',
    value: inContext(topicArn(), 'the ARN of an SNS topic that CloudWatch may publish to'),
    description: 'Existing SNS topic that every alarm is published to.',
    example: { context: 'arn:aws:sns:eu-west-1:123456789012:alarms' },
  },
  /**
   * Address of the runbook that the alarms point to; the name of the alarm is appended as anchor.
   * @default docs/runbook.md in the repository of project.json; while that is empty, the dashboard of the forwarder
   */
  runbookUrl: {
    context: 'runbookUrl',
    value: inContext(z.url({ protocol: /^https$/, error: 'is not an https URL' }), 'an https URL'),
    description: 'Address of your copy of docs/runbook.md, for the links in the alarms.',
    mayHoldIds: true,
    example: { context: 'https://wiki.example.com/runbook' },
  },
} as const satisfies Record<string, StackSetting>;
