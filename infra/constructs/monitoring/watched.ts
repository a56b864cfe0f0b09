import type { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Config } from '../../../lambda/forwarder/config.ts';
import { criticalAge, warningAge } from '../../../lambda/shared/lag.ts';
import type { AlarmThresholds } from './thresholds.ts';

/** What the monitoring watches, and its settings. */
export interface Watched {
  /** The function's own settings, as it will read them: a stream that is off is not watched. */
  readonly config: Pick<Config, 'tenant' | 'streams' | 'settleSeconds' | 'lookbackSeconds' | 'allMetrics'>;
  readonly function: IFunction;
  readonly timeout: Duration;
  readonly logGroup: ILogGroup;
  readonly table: ITable;
  /** The longest time between two scheduled runs. */
  readonly interval: Duration;
  /** The shortest one, by which single runs are judged. */
  readonly spacing: Duration;
  /**
   * By how much a start may be later than the interval says: the window of the schedule, and the hour that is repeated when summer
   * time ends.
   */
  readonly delay: Duration;
  readonly alarmThresholds?: AlarmThresholds | undefined;
  /** What the keys of the stack's outputs begin with, if anything. */
  readonly outputPrefix?: string | undefined;
  /** How events reach the function, and where undelivered ones are kept. */
  readonly delivery: EventDelivery;
  /** The two API keys, for the commands that store them. */
  readonly secrets: { readonly valence: ISecret; readonly datadog: ISecret };
}

/** The resources between the schedule and the function. */
export interface EventDelivery {
  /** The group that holds the forwarder's schedule and no other. */
  readonly scheduleGroup: IScheduleGroup;
  /** Receives events that the scheduler could not deliver to the function. */
  readonly deadLetterQueue: IQueue;
  /** Receives the events of failed and of expired invocations: the function's on-failure destination. */
  readonly failureQueue: IQueue;
}

/** How late new records are, in seconds, before the two alarms about it are raised: as given, or as the schedule demands. */
export function ageLimits({ alarmThresholds = {}, interval, config }: Watched): {
  late: number;
  tooLate: number;
} {
  const pace = { interval: interval.toSeconds(), settle: config.settleSeconds };
  const { watermarkAgeWarning, watermarkAgeCritical } = alarmThresholds;
  return {
    late: watermarkAgeWarning?.toSeconds() ?? warningAge(pace),
    tooLate: watermarkAgeCritical?.toSeconds() ?? criticalAge(pace),
  };
}

/** Interval and delay in seconds, as the timing of the alarms takes them. */
export const paceSeconds = ({ interval, delay }: Pick<Watched, 'interval' | 'delay'>): [number, number] => [
  interval.toSeconds(),
  delay.toSeconds(),
];
