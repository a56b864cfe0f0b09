import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export interface QuarantineProps {
  /**
   * How long a quarantined record is kept.
   * @default one year
   */
  readonly retention?: Duration | undefined;
  /**
   * Key to encrypt objects with.
   * @default a key that S3 manages
   */
  readonly encryptionKey?: IKey | undefined;
  /**
   * What happens to the bucket when the stack is deleted. A bucket that is not empty cannot be deleted.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy | undefined;
}

/** The quarantine bucket: refused records, unredacted, until an operator inspects or replays them. */
export class Quarantine extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: QuarantineProps = {}) {
    super(scope, id);
    const { encryptionKey } = props;
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: encryptionKey ? BucketEncryption.KMS : BucketEncryption.S3_MANAGED,
      ...(encryptionKey && { encryptionKey, bucketKeyEnabled: true }),
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
      lifecycleRules: [
        {
          expiration: props.retention ?? Duration.days(365),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'One function writes a handful of objects here; access logs would need a second bucket, and CloudTrail data events give the same information.',
    });
  }
}
