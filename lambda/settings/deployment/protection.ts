import * as z from 'zod';
import { setting } from '../problems.ts';
import { jsonOf, listOf, oneOf, orJsonList, wholeNumber } from '../readers.ts';
import { kmsKeyArn, policyArn, resourceId, secretId } from './aws-values.ts';

const MAX_QUARANTINE_DAYS = 3650;

/** Source: AWS General Reference, "Tagging AWS resources": lengths, characters, the reserved prefix and the number. */
const TAG_KEY = /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu;
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u;
const MAX_TAGS = 50;

const tags = () =>
  z
    .record(
      z.string(),
      z.string({ error: 'is not text' }).regex(TAG_VALUE, { error: 'holds a value that no tag may have' }),
      { error: 'is not an object' },
    )
    .refine((all) => Object.keys(all).every((name) => TAG_KEY.test(name)), {
      error:
        'holds a name that no tag may have: 1 to 128 letters, digits, spaces and _ . : / = + - @, not beginning with aws:',
    })
    .refine((all) => Object.keys(all).length <= MAX_TAGS, {
      error: `holds more than ${MAX_TAGS} tags, the most that a resource may have`,
    });

/** Identifiers of one kind. An empty list would be none at all, which is not what leaving it out means. */
const resourceIds = (prefix: 'subnet' | 'sg') =>
  orJsonList(listOf(resourceId(prefix)).refine(({ length }) => length > 0, { error: 'is empty' }));

/** Settings of keys, secrets, networks and what outlives the stack. */
export const protectionSettings = {
  existingValenceSecret: setting(secretId().optional(), {
    description: 'Secret that holds the Valence API key already; none is created.',
    allowed: 'a name, or a complete ARN, in Secrets Manager; never the key itself',
    secret: true,
  }),
  existingDatadogSecret: setting(secretId().optional(), {
    description: 'Secret that holds the Datadog API key already; none is created.',
    allowed: 'a name, or a complete ARN, in Secrets Manager; never the key itself',
    secret: true,
  }),
  existingSecretsKmsKeyArn: setting(kmsKeyArn().optional(), {
    description: 'Key that the existing secrets are encrypted with, when it is not the one of AWS.',
    allowed: 'the ARN of a KMS key; only with an existing secret',
  }),
  kmsKeyArn: setting(kmsKeyArn().optional(), {
    description:
      'Key of your own for table, bucket, log group, new secrets, queues and alarm topic; its policy must allow it (docs/security.md).',
    allowed: 'the ARN of a KMS key',
  }),
  permissionsBoundary: setting(policyArn().optional(), {
    description: 'Permissions boundary of every role.',
    allowed: 'the ARN of an IAM policy',
  }),
  vpcId: setting(resourceId('vpc').optional(), {
    description:
      'Network that the function runs in. It needs a way to the internet, which costs (docs/cost.md).',
    allowed: 'an identifier vpc-..., together with subnetIds',
  }),
  subnetIds: setting(resourceIds('subnet').optional(), {
    description: 'Private subnets of that network.',
    allowed: 'identifiers subnet-..., separated by commas, or a JSON list; together with vpcId',
  }),
  securityGroupIds: setting(resourceIds('sg').optional(), {
    description: 'Security groups of the function. Not set: a new one that lets HTTPS out and nothing in.',
    allowed: 'identifiers sg-..., separated by commas, or a JSON list; only with vpcId',
  }),
  removalPolicy: setting(oneOf(['retain', 'destroy']).prefault('retain'), {
    description: 'What becomes of table, bucket and new secrets when the stack is deleted.',
    allowed: 'retain, destroy',
  }),
  quarantineRetentionDays: setting(wholeNumber(1, MAX_QUARANTINE_DAYS).prefault(365), {
    description: 'How long a quarantined record is kept.',
    allowed: `a whole number from 1 to ${MAX_QUARANTINE_DAYS}`,
  }),
  resourceTags: setting(jsonOf(tags()).prefault({}), {
    description: 'Tags put on every resource in AWS.',
    allowed: 'a JSON object of names and values, such as {"CostCenter":"1234"}',
  }),
};
