import { type CompositeAlarm, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { paginateListSubscriptionsByTopic, type Subscription } from '@aws-sdk/client-sns';
import { type Finding, ok, warn } from '../doctor/finding.ts';
import { type AwsClients, awsCall } from './aws.ts';
import { OpsError } from './ops-error.ts';
import { resourceListOf } from './stack.ts';
import type { ForwarderStack } from './stack-outputs.ts';

/** An alarm of a stack, as CloudWatch knows it. */
export interface StackAlarm {
  name: string;
  description: string;
  isRaised: boolean;
  /** ARNs of what it notifies. */
  actions: readonly string[];
}

/** How many names CloudWatch takes in a call. Source: CloudWatch API, `DescribeAlarms`, `AlarmNames`. */
const NAMES_PER_CALL = 100;

const ALARM_TYPES: readonly string[] = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'];

const alarmOf = ({
  AlarmName = '',
  AlarmDescription = '',
  StateValue,
  AlarmActions = [],
}: MetricAlarm | CompositeAlarm): StackAlarm => ({
  name: AlarmName,
  description: AlarmDescription,
  isRaised: StateValue === 'ALARM',
  actions: AlarmActions,
});

/**
 * The alarms of a forwarder: resources of its stack, because names may begin with that of another stack, and named after the forwarder,
 * because the stack may have others.
 * @throws {OpsError}
 */
export async function alarmsOf(aws: AwsClients, stack: ForwarderStack): Promise<StackAlarm[]> {
  const { alarmPrefix, otherAlarmPrefixes } = stack;
  // That of another one may begin with this one's.
  const prefixOf = (name: string) =>
    [alarmPrefix, ...otherAlarmPrefixes]
      .filter((prefix) => name.startsWith(`${prefix}-`))
      .toSorted((a, b) => b.length - a.length)[0];
  const names = (await resourceListOf(aws, stack))
    .filter(({ type, id }) => ALARM_TYPES.includes(type) && prefixOf(id) === alarmPrefix)
    .map(({ id }) => id);
  const alarms: StackAlarm[] = [];
  for (let start = 0; start < names.length; start += NAMES_PER_CALL) {
    const command = new DescribeAlarmsCommand({
      AlarmNames: names.slice(start, start + NAMES_PER_CALL),
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      MaxRecords: NAMES_PER_CALL,
    });
    const { MetricAlarms = [], CompositeAlarms = [] } = await awsCall(aws.cloudWatch.send(command), {
      doing: 'reading the alarms',
      permission: 'cloudwatch:DescribeAlarms',
      region: aws.region,
    });
    alarms.push(...[...CompositeAlarms, ...MetricAlarms].map(alarmOf));
  }
  return alarms;
}

const isTopic = (arn: string): boolean => arn.split(':')[2] === 'sns';

async function subscriptionsOf({ sns, region }: AwsClients, topic: string): Promise<Subscription[]> {
  const found: Subscription[] = [];
  const read = async () => {
    for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic(
      { client: sns },
      { TopicArn: topic },
    )) {
      found.push(...Subscriptions);
    }
  };
  await awsCall(read(), {
    doing: 'reading the subscriptions of the alarm topic',
    permission: 'sns:ListSubscriptionsByTopic',
    region,
  });
  return found;
}

async function checkTopic(aws: AwsClients, topic: string): Promise<Finding> {
  const name = `alarms.topic.${topic.split(':').at(-1)}`;
  try {
    const subscriptions = await subscriptionsOf(aws, topic);
    const pending = subscriptions.filter(({ SubscriptionArn }) => SubscriptionArn === 'PendingConfirmation');
    if (pending.length > 0) {
      return warn(
        name,
        `${pending.map(({ Endpoint }) => Endpoint).join(', ')} has not confirmed the subscription: no alarm arrives there`,
        'Follow the link in the mail "AWS Notification - Subscription Confirmation". If it is lost, request it again in SNS, on the page of the topic.',
      );
    }
    return subscriptions.length > 0
      ? ok(name, `${subscriptions.length} confirmed`)
      : warn(name, 'it has no subscription: no alarm arrives', 'Subscribe to the topic in SNS.');
  } catch (error) {
    // A topic of another account, or one whose subscriptions the operator may not see.
    if (error instanceof OpsError) return warn(name, error.message, error.fix);
    throw error;
  }
}

/** Whether the alarms of a stack reach a person: they have actions, and subscriptions are confirmed. */
export async function checkNotifications(aws: AwsClients, alarms: readonly StackAlarm[]): Promise<Finding[]> {
  if (alarms.length === 0) return [];
  const actions = new Set(alarms.flatMap((alarm) => alarm.actions));
  if (actions.size === 0) {
    return [
      warn(
        'alarms.actions',
        'no alarm has an action: alarms show on the dashboard alone',
        'Deploy with alarmEmail or alarmTopicArn.',
      ),
    ];
  }
  return Promise.all([...actions].filter(isTopic).map((topic) => checkTopic(aws, topic)));
}
