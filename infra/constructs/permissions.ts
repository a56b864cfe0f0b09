import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

/**
 * The permissions of the forwarder, action by action: the grant methods of the CDK would give several times as many. Each
 * function returns the statements for one resource.
 */

/** Single items and single partitions; no scan, no batch, no delete. */
export const tableStatements = (table: ITableV2): PolicyStatement[] => [
  new PolicyStatement({
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    resources: [table.tableArn],
  }),
];

export const secretStatements = (...secrets: ISecret[]): PolicyStatement[] => [
  new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: secrets.map(secretArn) }),
];

/** A secret of which only the name is known: Secrets Manager chooses the six characters at the end of its ARN. */
export const secretArn = (secret: ISecret): string => secret.secretFullArn ?? `${secret.secretArn}-??????`;

/**
 * By what a function asks for a secret: its complete ARN, or else its name. Secrets Manager takes an incomplete ARN that ends in
 * a hyphen and six characters (`:secret:dd-secret`) for a complete one, and finds no such secret.
 */
export const secretIdOf = (secret: ISecret): string =>
  secret.secretFullArn ??
  Stack.of(secret).splitArn(secret.secretArn, ArnFormat.COLON_RESOURCE_NAME).resourceName ??
  secret.secretArn;

/**
 * Writing below a prefix, and reading and deleting there for replays. `s3:ListBucket` also permits HeadBucket, by which
 * the check action finds a missing bucket.
 * @param prefix ends with a slash
 */
export const bucketStatements = (bucket: IBucket, prefix: string): PolicyStatement[] => [
  new PolicyStatement({
    actions: ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'],
    resources: [bucket.arnForObjects(`${prefix}*`)],
  }),
  new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
];

export const logGroupStatements = (logGroup: ILogGroup): PolicyStatement[] => [
  new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  }),
];

/** Sending events to a queue, which Lambda and EventBridge Scheduler do with the role. */
export const queueStatements = (queue: IQueue): PolicyStatement[] => [
  new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] }),
];

/** Invoking one function, but none of its versions and aliases. */
export const invocationOf = (handler: IFunction): PolicyStatement[] => [
  new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [handler.functionArn] }),
];

/**
 * What a state machine does with its own executions when it runs the items of a distributed map, and when a person redrives
 * an execution whose map failed. Source: Step Functions developer guide, "IAM policies for using Distributed Map states".
 * @param stateMachine its ARN
 * @param executions the ARN of all of its executions
 * @param mapExecutions the ARN of all executions of its map
 */
export const ownExecutionStatements = (
  stateMachine: string,
  executions: string,
  mapExecutions: string,
): PolicyStatement[] => [
  new PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachine] }),
  new PolicyStatement({
    actions: ['states:DescribeExecution', 'states:StopExecution'],
    resources: [executions],
  }),
  new PolicyStatement({ actions: ['states:RedriveExecution'], resources: [mapExecutions] }),
];

/** What Step Functions does with the role to write logs. Source: its developer guide, "Logging in CloudWatch Logs". */
export const logDeliveryStatements = (): PolicyStatement[] => [
  new PolicyStatement({
    actions: [
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
    ],
    resources: ['*'],
  }),
];

/** Services that use a customer managed key on behalf of their caller. */
type KeyService = 'dynamodb' | 's3' | 'secretsmanager' | 'sqs';

/**
 * Use of a customer managed key, only through the given services. Source: their pages on encryption at rest; DynamoDB and
 * Secrets Manager decrypt, S3 and SQS also make data keys.
 * @param key left out when AWS owns the keys, which needs no permission
 */
export const keyStatements = (key: IKey | undefined, ...services: KeyService[]): PolicyStatement[] =>
  key ? [useOf(key, ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'], services)] : [];

/** The same for each service with a key of its own. A key that several have is in one statement. */
export function keysStatements(
  uses: Readonly<Partial<Record<KeyService, IKey | undefined>>>,
): PolicyStatement[] {
  const byArn = new Map<string, { key: IKey; services: KeyService[] }>();
  for (const [service, key] of Object.entries(uses) as [KeyService, IKey | undefined][]) {
    if (!key) continue;
    const { services } = byArn.get(key.keyArn) ?? { services: [] };
    byArn.set(key.keyArn, { key, services: [...services, service] });
  }
  return [...byArn.values()].flatMap(({ key, services }) => keyStatements(key, ...services));
}

/**
 * Decrypting existing secrets, only through Secrets Manager: other data under the same keys stays closed.
 * @param keys none for a secret under the key that AWS manages; each key counts once
 */
export const secretKeyStatements = (keys: readonly (IKey | undefined)[]): PolicyStatement[] => {
  const byArn = new Map(keys.flatMap((key) => (key ? [[key.keyArn, key] as const] : [])));
  return [...byArn.values()].map((key) => useOf(key, ['kms:Decrypt'], ['secretsmanager']));
};

/** The condition that a key is used through services, in the region of the key. */
export function throughServices(key: IKey, services: readonly KeyService[]) {
  const { region, urlSuffix } = Stack.of(key);
  return {
    StringEquals: { 'kms:ViaService': services.map((service) => `${service}.${region}.${urlSuffix}`) },
  };
}

const useOf = (key: IKey, actions: string[], services: readonly KeyService[]): PolicyStatement =>
  new PolicyStatement({ actions, resources: [key.keyArn], conditions: throughServices(key, services) });

/**
 * What Lambda does with the role to connect a function to a network.
 * Source: AWS Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC": on all resources.
 */
export const networkStatements = (): PolicyStatement[] => [
  new PolicyStatement({
    actions: [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'],
  }),
];
