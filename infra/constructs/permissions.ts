import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/**
 * What the forwarder may do, action by action: the grant methods of the CDK give several times as many. Each function
 * returns the statements for one resource.
 */

/** Single items and single partitions; no scan, no batch, no delete. */
export const useOfTable = (table: ITableV2): PolicyStatement[] => [
  new PolicyStatement({
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    resources: [table.tableArn],
  }),
];

export const useOfSecrets = (...secrets: ISecret[]): PolicyStatement[] => [
  new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: secrets.map(secretArn) }),
];

/** A secret known by its name alone: the six characters at the end of its ARN are Secrets Manager's choice. */
const secretArn = (secret: ISecret): string => secret.secretFullArn ?? `${secret.secretArn}-??????`;

/**
 * Writing below a prefix. HeadBucket, by which the check action finds a missing bucket, is granted as `s3:ListBucket`.
 * @param prefix without a slash at its end
 */
export const useOfBucket = (bucket: IBucket, prefix: string): PolicyStatement[] => [
  new PolicyStatement({ actions: ['s3:PutObject'], resources: [bucket.arnForObjects(`${prefix}/*`)] }),
  new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
];

export const useOfLogs = (logGroup: ILogGroup): PolicyStatement[] => [
  new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  }),
];
