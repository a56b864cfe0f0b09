import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { retained } from './retained.ts';

export interface QuarantineProps {
  /**
   * Bucket that exists, with quarantined records of a former forwarder.
   * @default a new one
   */
  readonly bucket?: IBucket | undefined;
  /**
   * How long a new bucket keeps a quarantined record.
   * @default one year
   */
  readonly retention?: Duration | undefined;
  /**
   * Key that objects of a new bucket are encrypted with, or that those of the existing one are said to be.
   * @default a key that S3 manages
   */
  readonly encryptionKey?: IKey | undefined;
  /**
   * What happens to a new bucket when the stack is deleted. A bucket that is not empty cannot be deleted.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy | undefined;
}

/** How long a replaced or deleted object can be restored. */
const FORMER_VERSIONS_KEPT = Duration.days(30);

/** The quarantine bucket: refused records, unredacted by default, until an operator inspects or replays them. */
export class Quarantine extends Construct {
  readonly bucket: IBucket;
  /** Customer managed key of the bucket, as far as the settings say. */
  readonly encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: QuarantineProps = {}) {
    super(scope, id);
    this.encryptionKey = props.encryptionKey;
    this.bucket = props.bucket ?? this.newBucket(props);
  }

  private newBucket({ encryptionKey, removalPolicy, retention }: QuarantineProps): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      encryption: encryptionKey ? BucketEncryption.KMS : BucketEncryption.S3_MANAGED,
      ...(encryptionKey && { encryptionKey, bucketKeyEnabled: true }),
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: retained(removalPolicy),
      // A replay deletes objects, and whoever can write to the bucket may replace them.
      versioned: true,
      lifecycleRules: [
        {
          expiration: retention ?? Duration.days(365),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
        // S3 takes no rule with both an expiration in days and expired delete markers.
        { noncurrentVersionExpiration: FORMER_VERSIONS_KEPT, expiredObjectDeleteMarker: true },
      ],
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'One function writes a handful of objects here; access logs would need a second bucket, and CloudTrail data events give the same information.',
    });
    return bucket;
  }

  /**
   * Lets no other identity write or delete objects of a new bucket, whatever its own policies allow. The bucket's policy goes with the stack, so
   * that a bucket that is kept can be emptied and used again.
   */
  lockFor(writer: IRole): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OnlyTheForwarderWrites',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: [
          's3:PutObject',
          's3:DeleteObject',
          's3:DeleteObjectVersion',
          's3:ReplicateObject',
          's3:ReplicateDelete',
        ],
        resources: [this.bucket.arnForObjects('*')],
        conditions: { ArnNotEquals: { 'aws:PrincipalArn': writer.roleArn } },
      }),
    );
  }
}
