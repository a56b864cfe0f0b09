import { Duration, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** The longest retention of SQS, so that an operator has time to look at the messages. */
const RETENTION = Duration.days(14);

const IS_AN_END =
  'Messages end here for a person to read: nothing consumes them, so there is nothing to redrive to another queue.';

export interface FailureQueueProps {
  /**
   * Key to encrypt messages with.
   * @default a key that SQS manages
   */
  readonly encryptionKey?: IKey | undefined;
}

/** Receives the events that failed for good. A message contains the event and its error, never a record or a key. */
export class FailureQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { encryptionKey }: FailureQueueProps = {}) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      encryption: encryptionKey ? QueueEncryption.KMS : QueueEncryption.SQS_MANAGED,
      ...(encryptionKey && { encryptionMasterKey: encryptionKey }),
      enforceSSL: true,
      retentionPeriod: RETENTION,
    });
    Validations.of(this.queue).acknowledge(
      { id: 'AwsSolutions-SQS3', reason: IS_AN_END },
      { id: 'Serverless-SQSRedrivePolicy', reason: IS_AN_END },
    );
  }
}
