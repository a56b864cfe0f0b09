import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Grant, type GrantOnPrincipalOptions, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { quarantineRoot } from '../../lambda/contract.ts';
import { secretArn, throughServices } from './permissions.ts';
import type { Quarantine } from './quarantine.ts';
import type { ApiKeySecrets } from './secrets.ts';
import type { State } from './state.ts';

/**
 * Permissions for others, action by action as those of the forwarder itself: the grant methods of the library give more. All are of
 * identities of the same account.
 */

const grant = (
  grantee: IGrantable,
  actions: string[],
  resourceArns: string[],
  conditions?: GrantOnPrincipalOptions['conditions'],
): Grant => Grant.addToPrincipal({ grantee, actions, resourceArns, ...(conditions && { conditions }) });

/** Use of the key that something is encrypted with, through one service. */
const withKey = (
  given: Grant,
  grantee: IGrantable,
  key: IKey | undefined,
  service: 'dynamodb' | 's3' | 'secretsmanager',
  actions: string[],
): Grant =>
  key ? given.combine(grant(grantee, actions, [key.keyArn], throughServices(key, [service]))) : given;

/** Calls of a function, but of none of its versions and aliases. */
export const grantInvocation = (grantee: IGrantable, handler: IFunction): Grant =>
  grant(grantee, ['lambda:InvokeFunction'], [handler.functionArn]);

/** Executions of a state machine: starting, following and stopping them. */
export function grantStarts(grantee: IGrantable, machine: CfnStateMachine): Grant {
  const executions = Stack.of(machine).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${machine.attrName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return grant(grantee, ['states:StartExecution', 'states:ListExecutions'], [machine.attrArn]).combine(
    grant(grantee, ['states:DescribeExecution', 'states:StopExecution'], [executions]),
  );
}

/** Objects of one tenant's quarantine, and their names. */
export function grantQuarantineReads(
  grantee: IGrantable,
  { bucket, encryptionKey }: Quarantine,
  tenant: string,
): Grant {
  const prefix = `${quarantineRoot(tenant)}*`;
  const reads = grant(grantee, ['s3:GetObject'], [bucket.arnForObjects(prefix)]).combine(
    grant(grantee, ['s3:ListBucket'], [bucket.bucketArn], { StringLike: { 's3:prefix': prefix } }),
  );
  return withKey(reads, grantee, encryptionKey, 's3', ['kms:Decrypt']);
}

/** Single items and partitions of the state table. */
export const grantStateReads = (grantee: IGrantable, { table, encryptionKey }: State): Grant =>
  withKey(
    grant(grantee, ['dynamodb:GetItem', 'dynamodb:Query'], [table.tableArn]),
    grantee,
    encryptionKey,
    'dynamodb',
    ['kms:Decrypt'],
  );

/** New values of the two secrets, without reading the present ones. */
export const grantKeyStorage = (
  grantee: IGrantable,
  { valence, datadog, encryptionKeys }: ApiKeySecrets,
): Grant =>
  encryptionKeys.reduce(
    (given, key) => withKey(given, grantee, key, 'secretsmanager', ['kms:Decrypt', 'kms:GenerateDataKey']),
    grant(grantee, ['secretsmanager:PutSecretValue'], [valence, datadog].map(secretArn)),
  );
