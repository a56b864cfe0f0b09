import * as z from 'zod/mini';
import { AWS_PARTITIONS, AWS_REGION } from '../../shared/aws-partitions.ts';
import { plainText } from '../readers.ts';
import { secretIdWith } from '../secret-id.ts';
import { knownPartitionOf } from './aws-region.ts';

/** Readers of values that AWS gave: identifiers and ARNs, checked by their form. */

const ACCOUNT = '\\d{12}';
const PARTITION = `(${Object.keys(AWS_PARTITIONS).join('|')})`;
const REGION = AWS_REGION.source.slice(1, -1);

/** An ARN is not longer. Source: IAM user guide, "IAM and AWS STS quotas", and the types of CloudFormation. */
const MAX_ARN_LENGTH = 2048;

/** Whether the region of an ARN is one of its partition. Global services have no region. */
function isSomewhere(arnText: string): boolean {
  const [, partition, , region = ''] = arnText.split(':');
  return region === '' || knownPartitionOf(region) === partition;
}

/** An ARN of one kind of resource. */
const arn = (service: string, place: string, resource: string, what: string) =>
  plainText().check(
    z.regex(new RegExp(`^arn:${PARTITION}:${service}:${place}:${resource}$`), {
      error: `is not the ARN of ${what}`,
    }),
    z.refine(isSomewhere, { error: `is not the ARN of ${what}: its region is not one of its partition` }),
    z.maxLength(MAX_ARN_LENGTH, { error: `is longer than ${MAX_ARN_LENGTH} characters` }),
  );

export const kmsKeyArn = () =>
  arn(
    'kms',
    `${REGION}:${ACCOUNT}`,
    'key/(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})',
    'a KMS key',
  );

export const topicArn = () => arn('sns', `${REGION}:${ACCOUNT}`, '[A-Za-z0-9_-]+', 'an SNS topic');

export const policyArn = () => arn('iam', `:(aws|${ACCOUNT})`, 'policy/[\\w+=,.@/-]+', 'an IAM policy');

/** Source: IAM API, `CreateRole`, `Path`. */
export const rolePath = () =>
  plainText().check(
    z.regex(/^\/([\x21-\x2e\x30-\x7e]+\/)*$/, { error: 'does not begin and end with a slash' }),
    z.maxLength(512, { error: 'is longer than 512 characters' }),
  );

/** Half of the 64 characters of a name. Source: IAM API, `CreateRole`, `RoleName`. */
export const roleNamePrefix = () =>
  plainText().check(
    z.regex(/^[\w+=,.@-]{1,32}$/, { error: 'is not 1 to 32 letters, digits and _ + = , . @ -' }),
  );

/** Source: DynamoDB API, `CreateTable`, `TableName`. */
export const tableName = () =>
  plainText().check(z.regex(/^[\w.-]{3,255}$/, { error: 'is not the name of a DynamoDB table' }));

/** Source: S3 user guide, "General purpose bucket naming rules". */
export const bucketName = () =>
  plainText().check(
    z.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { error: 'is not the name of an S3 bucket' }),
  );

/** The region in an ARN; undefined when the text is none. */
export const regionOf = (arnText: string): string | undefined => arnText.split(':')[3];

/** The region that a stack belongs to, where its settings tell: a key serves its own region alone. */
export const stackRegion = ({
  awsRegion,
  kmsKeyArn,
}: {
  awsRegion?: string | undefined;
  kmsKeyArn?: string | undefined;
}): string | undefined => awsRegion ?? (kmsKeyArn && regionOf(kmsKeyArn));

/** An identifier such as `vpc-0123456789abcdef0`. */
export const resourceId = (prefix: 'vpc' | 'subnet' | 'sg') =>
  plainText().check(
    z.regex(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), {
      error: `is not, or holds something that is not, an identifier ${prefix}-...`,
    }),
  );

const COMPLETE_SECRET_ARN = new RegExp(
  `^arn:${PARTITION}:secretsmanager:${REGION}:${ACCOUNT}:secret:[\\w/+=.@-]+-[A-Za-z0-9]{6}$`,
);

/**
 * Name or ARN of a secret that exists. An ARN without the six characters at its end is refused: the name itself may end with such
 * characters, and then the permission would be for another secret.
 */
export const existingSecretId = () =>
  secretIdWith(
    COMPLETE_SECRET_ARN,
    'is not the complete ARN of a secret, with the six characters that end it',
  ).check(
    z.refine((id) => !COMPLETE_SECRET_ARN.test(id) || isSomewhere(id), {
      error: 'is not the ARN of a secret: its region is not one of its partition',
    }),
  );
