import * as z from 'zod/mini';
import type { StackSetting } from '../definition.ts';
import { count, inContext, switched, word } from '../kinds.ts';
import { jsonOf, listOf, orJsonList, plainText } from '../readers.ts';
import {
  bucketName,
  existingSecretId,
  kmsKeyArn,
  policyArn,
  resourceId,
  roleNamePrefix,
  rolePath,
  tableName,
} from './aws-values.ts';

const MAX_QUARANTINE_DAYS = 3650;

/** Source: AWS General Reference, "Tagging AWS resources": lengths, characters, the reserved prefix and the number. */
const TAG_KEY = /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu;
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u;
const MAX_TAGS = 50;

const tagValue = () => plainText().check(z.regex(TAG_VALUE, { error: 'holds a value that no tag may have' }));

const tags = () =>
  z.record(z.string(), tagValue(), { error: 'is not an object' }).check(
    z.refine((all) => Object.keys(all).every((name) => TAG_KEY.test(name)), {
      error:
        'holds a name that no tag may have: 1 to 128 letters, digits, spaces and _ . : / = + - @, not beginning with aws:',
    }),
    z.refine(
      (all) => new Set(Object.keys(all).map((name) => name.toLowerCase())).size === Object.keys(all).length,
      // Source: IAM user guide, "Tagging IAM resources": names of tags on roles have no case.
      { error: 'holds names that differ in case only, which IAM takes for the same' },
    ),
    z.refine((all) => Object.keys(all).length <= MAX_TAGS, {
      error: `holds more than ${MAX_TAGS} tags, the most that a resource may have`,
    }),
  );

/** Identifiers of one kind. An empty list is refused: it does not mean the same as no list. */
const resourceIds = (prefix: 'subnet' | 'sg') =>
  orJsonList(listOf(resourceId(prefix)).check(z.refine(({ length }) => length > 0, { error: 'is empty' })));

/** A secret that exists already. */
export const existingSecret = () =>
  inContext(existingSecretId(), 'a name, or a complete ARN, in Secrets Manager; never the key itself');

const VALENCE_SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:valence/key-AbCdEf';
const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555';

/** Settings of keys, secrets, networks and what outlives the stack. */
export const protectionSettings = {
  /**
   * Secret that holds the Valence API key.
   * @default a new and empty secret
   */
  valenceSecret: {
    context: 'existingValenceSecret',
    value: existingSecret(),
    description: 'Existing secret with the Valence API key; the stack then creates none.',
    secret: true,
    example: { context: VALENCE_SECRET },
  },
  /**
   * Secret that holds the Datadog API key.
   * @default a new and empty secret
   */
  datadogSecret: {
    context: 'existingDatadogSecret',
    value: existingSecret(),
    description: 'Existing secret with the Datadog API key; the stack then creates none.',
    secret: true,
    example: { context: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:datadog/key-GhIjKl' },
  },
  /**
   * Secret that holds the credentials of the proxy, as `user:password`.
   * @default none: the proxy asks for none
   */
  proxySecret: {
    context: 'existingProxySecret',
    value: existingSecret(),
    description:
      'Existing secret with the credentials of `httpsProxy`: `user:password`, or JSON with `username` and `password`.',
    secret: true,
    example: {
      context: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:proxy/credentials-MnOpQr',
      with: { httpsProxy: 'http://proxy.example.com:3128' },
    },
  },
  /**
   * Key of the existing secrets, where neither is encrypted with the key that AWS manages.
   * @default the key of a secret that was imported with one
   */
  secretsKey: {
    context: 'existingSecretsKmsKeyArn',
    value: inContext(kmsKeyArn(), 'the ARN of a KMS key; only with an existing secret'),
    description: 'Key that the existing secrets are encrypted with, if it is not the AWS managed key.',
    example: { context: KEY, with: { existingValenceSecret: VALENCE_SECRET } },
  },
  /**
   * Table with the state of a former forwarder, in the account and region of the stack. No other forwarder may use it.
   * @default a new and empty table
   */
  stateTable: {
    context: 'existingStateTable',
    value: inContext(tableName(), 'the name of a table in the account and region of the stack'),
    mayHoldIds: 'within',
    description:
      'Existing state table, to go on where a deleted stack was (docs/upgrade.md); the stack then creates none.',
    example: { context: 'ValenceForwarder-ForwarderStateTable4C9BE5A6-1ABC2DEF3GHI' },
  },
  /**
   * Bucket with quarantined records of a former forwarder, in the account and region of the stack. Its policy and its life cycle
   * stay as they are.
   * @default a new and empty bucket
   */
  quarantineBucket: {
    context: 'existingQuarantineBucket',
    value: inContext(
      bucketName(),
      'the name of a bucket in the account and region of the stack; not with quarantineLocked',
    ),
    mayHoldIds: 'within',
    description:
      'Existing quarantine bucket, to replay what a deleted stack left there (docs/upgrade.md); the stack then creates none.',
    example: { context: 'valenceforwarder-forwarderquarantinebucket48295ac6-1abc2def3ghi' },
  },
  /**
   * Key of the existing table and bucket.
   * @default the key that they were imported with, or else `encryptionKey`
   */
  dataKey: {
    context: 'existingDataKmsKeyArn',
    value: inContext(
      kmsKeyArn(),
      'the ARN of a KMS key; only with existingStateTable or existingQuarantineBucket',
    ),
    description: 'Key that the existing table and bucket are encrypted with, if it is not kmsKeyArn.',
    example: { context: KEY, with: { existingStateTable: 'forwarder-state' } },
  },
  /**
   * Key for table, bucket, log groups, new secrets, queues and alarm topic. Its policy must allow that, see
   * docs/security.md.
   * @default keys that AWS owns or manages
   */
  encryptionKey: {
    context: 'kmsKeyArn',
    value: inContext(kmsKeyArn(), 'the ARN of a KMS key'),
    description:
      'Key of your own for table, bucket, log group, new secrets, queues and alarm topic; its policy must allow it (docs/security.md).',
    example: { context: KEY },
  },
  /**
   * Permissions boundary of every role.
   * @default none
   */
  permissionsBoundary: {
    context: 'permissionsBoundary',
    value: inContext(policyArn(), 'the ARN of an IAM policy'),
    description: 'Permissions boundary of every role.',
    example: { context: 'arn:aws:iam::123456789012:policy/boundary' },
  },
  /**
   * Path of every role.
   * @default '/'
   */
  rolePath: {
    context: 'rolePath',
    value: inContext(rolePath(), 'a path such as /security/'),
    description: 'Path of every role, for organisations that demand one.',
    example: { context: '/security/forwarders/' },
  },
  /**
   * With what the name of every role begins.
   * @default names that CloudFormation makes
   */
  roleNamePrefix: {
    context: 'roleNamePrefix',
    value: inContext(roleNamePrefix(), 'at most 32 letters, digits and _ + = , . @ -'),
    description: 'Beginning of the name of every role, for organisations that demand one.',
    example: { context: 'security-' },
  },
  /**
   * Network to run in. It needs a route to the internet and to AWS.
   * @default none: Lambda's own network, from which the internet is reached
   */
  vpc: {
    context: 'vpcId',
    value: inContext(resourceId('vpc'), 'an identifier vpc-..., together with subnetIds'),
    description:
      'Network that the function runs in. It needs a route to the internet, which costs (docs/cost.md).',
    example: { context: 'vpc-0123456789abcdef0', with: { subnetIds: ['subnet-0123456789abcdef0'] } },
  },
  subnetIds: {
    context: 'subnetIds',
    value: inContext(
      resourceIds('subnet'),
      'identifiers subnet-..., separated by commas, or a JSON list; together with vpcId',
    ),
    description: 'Private subnets of that network.',
    example: {
      context: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      with: { vpcId: 'vpc-0123456789abcdef0' },
    },
  },
  /**
   * Security groups in that network.
   * @default a new one that lets HTTPS out and nothing in
   */
  securityGroups: {
    context: 'securityGroupIds',
    value: inContext(
      resourceIds('sg'),
      'identifiers sg-..., separated by commas, or a JSON list; only with vpcId',
    ),
    description: 'Security groups of the function. Not set: a new one that lets HTTPS out and nothing in.',
    example: {
      context: ['sg-0123456789abcdef0'],
      with: { vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-0123456789abcdef0'] },
    },
  },
  /**
   * What becomes of table, bucket and new secrets when the stack is deleted.
   * @default RemovalPolicy.RETAIN
   */
  removalPolicy: {
    context: 'removalPolicy',
    value: word(['retain', 'destroy']),
    default: 'retain',
    description: 'What becomes of table, bucket and new secrets when the stack is deleted.',
    example: { context: 'destroy' },
  },
  /**
   * How long a quarantined record is kept.
   * @default one year
   */
  quarantineRetention: {
    context: 'quarantineRetentionDays',
    value: count(1, MAX_QUARANTINE_DAYS),
    default: 365,
    description: 'How long a quarantined record is kept.',
    example: { context: 30 },
  },
  /**
   * Let no other identity of the account write or delete quarantined objects.
   * @default false
   */
  quarantineLocked: {
    context: 'quarantineLocked',
    value: switched(),
    default: false,
    description:
      'Let no other identity of the account write or delete quarantined objects, by a policy of the bucket.',
    example: { context: true },
  },
  resourceTags: {
    context: 'resourceTags',
    value: inContext(jsonOf(tags()), 'a JSON object of names and values, such as {"CostCenter":"1234"}'),
    default: {},
    description: 'Tags put on every resource in AWS.',
    example: { context: { CostCenter: 'security-42' } },
  },
} as const satisfies Record<string, StackSetting>;
