import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { AWS_REGION } from '../aws-region.ts';
import { setting } from '../problems.ts';
import { wholeNumber } from '../readers.ts';
import { topicArn } from './aws-values.ts';
import { ALLOWED_INTERVAL, MAX_INTERVAL, scheduleExpression } from './schedule-expression.ts';

/** Source: AWS Lambda quotas. Below, a page of 20 MB does not fit beside its logs. */
const MEMORY_MIB = { min: 256, max: 10_240 };

/** A run needs a few seconds to start and five to save its progress. Source of the maximum: AWS Lambda quotas. */
const TIMEOUT_SECONDS = { min: 30, max: 900 };

const DEFAULT_BACKFILL_CONCURRENCY = 4;
const MAX_BACKFILL_CONCURRENCY = 50;

/** The live run, and as many slices of a backfill side by side as it takes by default. */
const MIN_RESERVED_CONCURRENCY = 1 + DEFAULT_BACKFILL_CONCURRENCY;
const MAX_RESERVED_CONCURRENCY = 1000;

/** What CloudWatch Logs takes, "never" (9999) left out: nobody sets that for personal data by accident. */
const RETENTION_DAYS = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

const logRetention = () =>
  wholeNumber(1, 3653).refine((days) => RETENTION_DAYS.includes(days), {
    error: 'is no length that CloudWatch Logs offers',
  });

const timeZone = () =>
  z.string({ error: 'is not text' }).refine(isTimeZone, { error: 'is not the name of a time zone' });

/** Intl also takes offsets such as +01:00 and names in any case, of which EventBridge Scheduler says nothing. */
function isTimeZone(name: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    const isInOtherCase = timeZone !== name && timeZone.toLowerCase() === name.toLowerCase();
    return /^[A-Z]/.test(name) && !isInOtherCase;
  } catch {
    return false;
  }
}

/** Settings of when and how the function runs, and who hears of it. */
export const operationSettings = {
  awsRegion: setting(
    z.string({ error: 'is not text' }).regex(AWS_REGION, { error: 'is not an AWS region' }).optional(),
    {
      description: 'AWS region to deploy to, when it is not the one of your AWS profile.',
      allowed: 'an AWS region such as eu-west-1',
    },
  ),
  schedule: setting(scheduleExpression().prefault('rate(5 minutes)'), {
    description: 'How often, or when, the forwarder runs.',
    allowed: `rate(N minutes) or rate(N hours), ${ALLOWED_INTERVAL}; or cron(...) with scheduleIntervalMinutes`,
  }),
  scheduleIntervalMinutes: setting(wholeNumber(1, MAX_INTERVAL.toMinutes()).optional(), {
    description: 'With `cron(...)`: how far its runs are apart, at most.',
    allowed: `a whole number from 1 to ${MAX_INTERVAL.toMinutes()}; only with cron(...)`,
  }),
  scheduleTimezone: setting(timeZone().optional(), {
    description: 'With `cron(...)`: the time zone it is meant in. UTC when not set.',
    allowed: 'a name such as Europe/Berlin; only with cron(...)',
  }),
  memorySize: setting(wholeNumber(MEMORY_MIB.min, MEMORY_MIB.max).prefault(512), {
    description: 'Memory of the function, in MiB; its share of a processor grows with it.',
    allowed: `a whole number from ${MEMORY_MIB.min} to ${MEMORY_MIB.max}`,
  }),
  timeoutSeconds: setting(wholeNumber(TIMEOUT_SECONDS.min, TIMEOUT_SECONDS.max).optional(), {
    description: 'Timeout of the function. Not set: 240, or less where runs follow each other faster.',
    allowed: `a whole number from ${TIMEOUT_SECONDS.min} to ${TIMEOUT_SECONDS.max}, over more than 20 seconds before the next run`,
  }),
  reservedConcurrency: setting(wholeNumber(MIN_RESERVED_CONCURRENCY, MAX_RESERVED_CONCURRENCY).optional(), {
    description:
      "Concurrent runs taken out of the account's limit for this function alone, and no more than these.",
    allowed: `a whole number from ${MIN_RESERVED_CONCURRENCY}, what a backfill needs beside the live run, to ${MAX_RESERVED_CONCURRENCY}`,
  }),
  backfillConcurrency: setting(
    wholeNumber(1, MAX_BACKFILL_CONCURRENCY).prefault(DEFAULT_BACKFILL_CONCURRENCY),
    {
      description:
        'Slices of a backfill that are filled side by side, each by a run of the function beside the live one.',
      allowed: `a whole number from 1 to ${MAX_BACKFILL_CONCURRENCY}; below reservedConcurrency where that is set`,
    },
  ),
  logRetentionDays: setting(logRetention().prefault(RetentionDays.THREE_MONTHS), {
    description: "How long the function's log is kept.",
    allowed: `${RETENTION_DAYS.join(', ')} days`,
  }),
  alarmEmail: setting(z.email({ error: 'is not an e-mail address' }).optional(), {
    description: 'Receives a mail for every alarm, once the link in the first mail was followed.',
    allowed: 'an e-mail address',
  }),
  alarmTopicArn: setting(topicArn().optional(), {
    description: 'Existing SNS topic that every alarm is published to.',
    allowed: 'the ARN of an SNS topic that CloudWatch may publish to',
  }),
  runbookUrl: setting(z.url({ protocol: /^https$/, error: 'is not an https URL' }).optional(), {
    description: 'Address of your copy of docs/runbook.md, for the links in the alarms.',
    allowed: 'an https URL',
  }),
};
