import type { StandInResponse } from '../../http-server.ts';
import { type Account, ALARM_TOPIC } from './account.ts';
import { result } from './query-protocol.ts';

/** SNS: who receives what is published to a topic. */
export function listSubscriptions({ subscriptions = [] }: Account, topic: string | null): StandInResponse {
  const all = [...subscriptions, { topic: ALARM_TOPIC, endpoint: 'oncall@example.com', isConfirmed: true }];
  return result('ListSubscriptionsByTopic', {
    Subscriptions: {
      member: all
        .filter((subscription) => subscription.topic === topic)
        .map(({ endpoint, isConfirmed }) => ({
          TopicArn: topic ?? '',
          Protocol: 'email',
          Endpoint: endpoint,
          SubscriptionArn: isConfirmed ? `${topic}:1` : 'PendingConfirmation',
        })),
    },
  });
}
