import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { GetBucketEncryptionCommand } from '@aws-sdk/client-s3';
import { NO_KEY } from '../../lambda/contract.ts';
import { s3Client } from '../../lambda/shared/aws/clients.ts';
import { shellWord } from '../../lambda/shared/shell.ts';
import { check, type Finding, fail, ok, warn } from '../doctor/finding.ts';
import { type AwsClients, awsCall } from './aws.ts';
import { unlessDenied } from './check-storage.ts';
import { accountIn, type ForwarderStack } from './stack-outputs.ts';

/** Checks of how a table and a bucket that existed before the stack are encrypted, and of the key that the function may use. */

/** A table or bucket that existed before. */
interface Existing {
  /** What the finding is about: `aws.table.key`. */
  readonly name: string;
  /** Name of the table or bucket. */
  readonly resource: string;
  /** ARN of the key that the function may use for it, or {@link NO_KEY}. */
  readonly usable: string;
  /** Reads what AWS knows the key by; undefined for one of AWS's own. */
  readonly read: () => Promise<string | undefined>;
}

/** One of which the key is known. */
interface Encrypted extends Omit<Existing, 'read'> {
  /** ARN of a customer managed key; undefined for a key of AWS's, which needs no permission. */
  readonly key: string | undefined;
}

async function keyOfTable({ dynamo, region }: AwsClients, table: string): Promise<string | undefined> {
  const { Table } = await awsCall(dynamo.send(new DescribeTableCommand({ TableName: table })), {
    doing: 'reading the encryption of the table',
    permission: 'dynamodb:DescribeTable',
    region,
  });
  return Table?.SSEDescription?.KMSMasterKeyArn;
}

/** The key of new objects. Those from before a change of it keep theirs. */
async function keyOfBucket({ region }: AwsClients, bucket: string): Promise<string | undefined> {
  const s3 = await s3Client();
  const { ServerSideEncryptionConfiguration: encryption } = await awsCall(
    s3.send(new GetBucketEncryptionCommand({ Bucket: bucket })),
    {
      doing: 'reading the encryption of the bucket',
      permission: 's3:GetEncryptionConfiguration',
      region,
    },
  );
  return encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID;
}

const existing = (aws: AwsClients, { table, bucket, keys }: ForwarderStack): Existing[] => [
  ...(keys.table
    ? [{ name: 'aws.table.key', resource: table, usable: keys.table, read: () => keyOfTable(aws, table) }]
    : []),
  ...(keys.bucket
    ? [
        {
          name: 'aws.bucket.key',
          resource: bucket,
          usable: keys.bucket,
          read: () => keyOfBucket(aws, bucket),
        },
      ]
    : []),
];

/** Whether a key, by its ARN or its id, is the one of an ARN. */
const isKey = (arn: string, key: string): boolean => key === arn || arn.endsWith(`:key/${key}`);

/**
 * The ARN of a customer managed key; undefined for a key of AWS's.
 * @param key by any name that AWS takes: ARN, id or alias
 * @param usable ARN of the key that the function may use, which needs no look-up
 */
async function customerKey(
  { kms, region }: AwsClients,
  key: string | undefined,
  usable: string,
): Promise<string | undefined> {
  if (key === undefined) return undefined;
  if (isKey(usable, key)) return usable;
  const { KeyMetadata } = await awsCall(kms.send(new DescribeKeyCommand({ KeyId: key })), {
    doing: `asking who manages the key ${key}`,
    permission: 'kms:DescribeKey',
    region,
  });
  return KeyMetadata?.KeyManager === 'AWS' ? undefined : (KeyMetadata?.Arn ?? key);
}

/** Whoever may change the encryption of a bucket chooses its key, and who owns the key can lock its data. */
const warningOf = (owner: string | undefined, account: string | undefined): string =>
  owner === account
    ? ''
    : `The key belongs to account ${owner}, the stack to ${account}: go on only if that account is yours, or else encrypt with a key of your own. `;

/**
 * What to do when the function may not use a key. The setting names one key for both, and of these only the table can be
 * encrypted again as a whole.
 * @param keys those of table and bucket, in this order
 */
function fixOf(keys: readonly string[], { table, account }: ForwarderStack, region: string): string {
  const [first, other] = new Set(keys);
  const key = other ?? first;
  const set = `${warningOf(accountIn(key), account)}Set existingDataKmsKeyArn to ${key} and deploy again. The key's policy must let the account's IAM policies apply (docs/security.md).`;
  if (other === undefined) return set;
  const specification = shellWord(`Enabled=true,SSEType=KMS,KMSMasterKeyId=${key}`);
  return `${set} The setting names one key for both, so encrypt the table with it first: aws dynamodb update-table --region ${region} --table-name ${shellWord(table)} --sse-specification ${specification}`;
}

function findingOf({ name, resource, usable, key }: Encrypted, fix: string): Finding {
  if (key === undefined)
    return ok(name, `${resource} is encrypted with a key of AWS, which needs no permission`);
  if (key === usable) return ok(name, `${resource} is encrypted with ${key}, which the function may use`);
  const permission = usable === NO_KEY ? 'no KMS key' : `${usable} alone`;
  return fail(
    name,
    `${resource} is encrypted with ${key}, and the stack lets the function use ${permission}. It can neither read nor write there, unless the key's own policy names its role`,
    fix,
  );
}

/** What to say of a setting that gives a permission which nothing needs. */
const unneeded = (setting: string): Finding =>
  warn(
    'aws.keys',
    `existingDataKmsKeyArn lets the function use ${setting}, but a key of AWS encrypts what existed before the stack`,
    'Remove the setting and deploy again, unless an existing bucket holds objects that were written with that key.',
  );

/**
 * Compares the keys of an existing table and bucket with those that the function may use. Says nothing of what the stack
 * created itself.
 */
export async function checkKeys(aws: AwsClients, stack: ForwarderStack): Promise<Finding[]> {
  const all = existing(aws, stack);
  const unread: Finding[] = [];
  const encrypted: Encrypted[] = [];
  for (const { read, ...one } of all) {
    const look = async () => {
      encrypted.push({ ...one, key: await customerKey(aws, await read(), one.usable) });
      return [];
    };
    unread.push(...(await check(one.name, () => unlessDenied(one.name, look))));
  }
  const keys = encrypted.flatMap(({ key }) => key ?? []);
  const fix = fixOf(keys, stack, aws.region);
  const { setting } = stack.keys;
  const isUnneeded = keys.length === 0 && encrypted.length === all.length;
  return [
    ...encrypted.map((one) => findingOf(one, fix)),
    ...unread,
    ...(setting !== undefined && isUnneeded ? [unneeded(setting)] : []),
  ];
}
