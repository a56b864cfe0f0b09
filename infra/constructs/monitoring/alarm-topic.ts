import { ArnFormat, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface AlarmTopicProps {
  /** Receives a mail for every alarm, after the user has followed the link in the first one. */
  readonly email: string;
}

/** What CloudWatch needs of a key to publish to a topic under it. Source: CloudWatch user guide, "Notifying users on alarm changes". */
const USE_OF_KEY = ['kms:Decrypt', 'kms:GenerateDataKey*'];

/** Where the alarms of this forwarder go: encrypted, over TLS alone, published to by this account's alarms alone. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { email }: AlarmTopicProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', {
      displayName: 'Valence forwarder',
      masterKey: this.ownKey(),
      enforceSSL: true,
    });
    const subscription = this.topic.addSubscription(new EmailSubscription(email));
    Validations.of(subscription).acknowledge({
      id: 'Serverless-SNSRedrivePolicy',
      reason:
        'An undelivered mail would wait in a queue without an alarm; CloudWatch and the dashboard show the alarm itself.',
    });
    const { account } = Stack.of(this);
    // A policy of its own replaces the one by which the account's services could publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: {
            'aws:SourceArn': Stack.of(this).formatArn({
              service: 'cloudwatch',
              resource: 'alarm',
              resourceName: '*',
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
          },
        },
      }),
    );
  }

  /**
   * The key that AWS manages for SNS would not do: its policy lets no alarm publish, and nobody can change it. Neither
   * would a key that somebody brings, unless its policy names CloudWatch: alarms would get lost without a trace.
   */
  private ownKey(): Key {
    const key = new Key(this, 'Key', {
      description: 'Encrypts the alarms of the Valence forwarder in transit',
      enableKeyRotation: true,
      // Nothing is kept under it.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.grant(new ServicePrincipal('cloudwatch.amazonaws.com'), ...USE_OF_KEY);
    return key;
  }
}
