import type { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Config } from '../../../lambda/forwarder/config.ts';

/** What the monitoring watches, and its settings. */
export interface Watched {
  /** The function's own settings, as it will read them: a stream that is off is not watched. */
  readonly config: Pick<Config, 'tenant' | 'streams' | 'settleSeconds' | 'lookbackSeconds'>;
  readonly function: IFunction;
  readonly timeout: Duration;
  readonly logGroup: ILogGroup;
  readonly table: ITable;
  /** Time between two scheduled runs. */
  readonly interval: Duration;
  /** How events reach the function, and where undelivered ones are kept. */
  readonly delivery: EventDelivery;
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
