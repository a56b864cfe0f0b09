import { ArnFormat, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { alarmKeyStatement } from '../key-policy.ts';

export interface AlarmTopicProps {
  /** Receives an e-mail for every alarm, after the user has confirmed the subscription. */
  readonly email: string;
  /**
   * Key to encrypt alarms with. Its policy must let CloudWatch use it.
   * @default a key of its own
   */
  readonly encryptionKey?: IKey | undefined;
}

/** The topic for the alarms of this forwarder: encrypted, only over TLS, and only alarms of this account may publish. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { email, encryptionKey }: AlarmTopicProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', {
      displayName: 'Valence forwarder',
      masterKey: encryptionKey ?? this.ownKey(),
      enforceSSL: true,
    });
    const subscription = this.topic.addSubscription(new EmailSubscription(email));
    Validations.of(subscription).acknowledge({
      id: 'Serverless-SNSRedrivePolicy',
      reason:
        'An undelivered mail would wait in a queue without an alarm; CloudWatch and the dashboard show the alarm itself.',
    });
    const { account } = Stack.of(this);
    // This policy replaces the default one, by which any service of the account could publish.
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

  /** Not the key that AWS manages for SNS: its policy, which cannot be changed, does not let alarms publish. */
  private ownKey(): Key {
    const key = new Key(this, 'Key', {
      description: 'Encrypts the alarms of the Valence forwarder in transit',
      enableKeyRotation: true,
      // No stored data depends on it.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(alarmKeyStatement(key));
    return key;
  }
}
