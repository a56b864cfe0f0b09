import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';

/**
 * What CloudWatch may do with a key, so that it can publish to a topic encrypted with it. Source: CloudWatch user guide,
 * "Notifying users on alarm changes".
 */
const PUBLISHING = ['kms:Decrypt', 'kms:GenerateDataKey*'];

/** Lets alarms, and the topic that they are published to, use a key. */
export const alarmKeyStatement = (key: IKey): PolicyStatement =>
  new PolicyStatement({
    sid: 'Alarms',
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com'), new ServicePrincipal('sns.amazonaws.com')],
    actions: PUBLISHING,
    resources: ['*'],
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(key).account } },
  });

/**
 * Lets CloudWatch Logs encrypt log groups of the account.
 * Source: CloudWatch Logs user guide, "Encrypt log data using AWS KMS".
 */
function logsKeyStatement(key: IKey): PolicyStatement {
  const stack = Stack.of(key);
  return new PolicyStatement({
    sid: 'CloudWatchLogs',
    principals: [new ServicePrincipal(`logs.${stack.region}.${stack.urlSuffix}`)],
    actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
    resources: ['*'],
    conditions: {
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': stack.formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: '*',
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      },
    },
  });
}

/**
 * Lets the services use a key that the same app creates. All others use it with the permissions of the roles. The policy of an
 * imported key cannot be changed from here: docs/security.md has its statements.
 */
export function letServicesUse(key: IKey): void {
  for (const statement of [logsKeyStatement(key), alarmKeyStatement(key)])
    key.addToResourcePolicy(statement, true);
}
