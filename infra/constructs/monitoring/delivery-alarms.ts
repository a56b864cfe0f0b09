import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSpec } from './alarm-factory.ts';
import { alarmTiming } from './timing.ts';
import type { Watched } from './watched.ts';

/**
 * Alarms on events that were not delivered. They count the messages *added* to both queues: an alarm on a queue that is
 * not empty would stay for days after the cause is fixed. `NumberOfMessagesSent` counts what EventBridge Scheduler and
 * Lambda put there, since both call SendMessage. It leaves out only what SQS moves by a redrive policy, and neither queue
 * is the target of one. Source: Amazon SQS developer guide, "Available CloudWatch metrics for Amazon SQS".
 */
export function deliveryAlarms({ spacing, delivery }: Watched): AlarmSpec[] {
  const { scheduleGroup, deadLetterQueue, failureQueue } = delivery;
  const seconds = spacing.toSeconds();
  const { step, steps, failurePeriod, badRuns } = alarmTiming;
  const sum = { statistic: Stats.SUM, period: Duration.seconds(step) };
  const any = {
    is: ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: 0,
    // A queue in use reports zeros between two messages. So the bad periods need not follow each other.
    periods: steps(failurePeriod(seconds)),
    bad: badRuns(seconds),
    // The scheduler publishes the metric only when it dropped something, a queue only while it is in use.
    missing: TreatMissingData.NOT_BREACHING,
  };
  return [
    {
      ...any,
      kind: 'dropped-invocations',
      what: 'EventBridge Scheduler could not start the forwarder, also after its retries. The next start follows the schedule; nothing is lost.',
      metric: scheduleGroup.metricDropped(sum),
    },
    {
      ...any,
      kind: 'dead-letters',
      what: 'EventBridge Scheduler could not deliver starts of the forwarder and put them into the dead-letter queue. Each message names the error.',
      metric: deadLetterQueue.metricNumberOfMessagesSent(sum),
    },
    {
      ...any,
      kind: 'failed-events',
      what: 'Events of the forwarder are in its on-failure destination: runs failed, or events expired before a run started. Each message names the error.',
      metric: failureQueue.metricNumberOfMessagesSent(sum),
    },
  ];
}
