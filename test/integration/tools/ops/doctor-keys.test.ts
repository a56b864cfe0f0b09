import { describe, expect, it } from 'vitest';
import { NO_KEY, STACK_OUTPUTS } from '../../../../lambda/contract.ts';
import type { Finding } from '../../../../tools/doctor/finding.ts';
import { RESOURCES } from '../../../../tools/run-locally/resources.ts';
import type { DeployedKey } from '../../../../tools/stand-ins/aws/management/account.ts';
import type { Scene } from '../../../support/operator/scene.ts';
import { openScene } from '../../../support/operator/scene-test.ts';

const arnOf = (id: string) => `arn:aws:kms:us-east-1:123456789012:key/${id}`;
const OWN_ID = '11111111-2222-3333-4444-555555555555';
const OWN = arnOf(OWN_ID);
const OTHER = arnOf('99999999-8888-7777-6666-555555555555');
const MANAGED = arnOf('00000000-aaaa-bbbb-cccc-dddddddddddd');
const KEYS: readonly DeployedKey[] = [
  { arn: OWN, alias: 'alias/forwarder', manager: 'CUSTOMER' },
  { arn: OTHER, manager: 'CUSTOMER' },
  { arn: MANAGED, alias: 'alias/aws/s3', manager: 'AWS' },
];
const { STATE_TABLE: TABLE, QUARANTINE_BUCKET: BUCKET } = RESOURCES;

/** What the stack says of its keys. */
interface Usable {
  table?: string;
  bucket?: string;
  setting?: string;
}

/** A forwarder with an existing table and bucket, encrypted with the given keys. */
async function sceneWith(
  { table, bucket, setting }: Usable,
  encrypted: { table?: string; bucket?: string } = {},
): Promise<Scene> {
  const scene = await openScene();
  const { aws, account } = scene;
  for (const stack of account.stacks) {
    stack.outputs = {
      ...stack.outputs,
      ...(table && { [STACK_OUTPUTS.existingTableKey]: table }),
      ...(bucket && { [STACK_OUTPUTS.existingBucketKey]: bucket }),
      ...(setting && { [STACK_OUTPUTS.existingDataKey]: setting }),
    };
  }
  aws.dynamoDb.encryptionKey = encrypted.table;
  aws.s3.settings.encryptionKey = encrypted.bucket;
  return scene;
}

/** What the doctor says about keys. */
async function keyFindings({ ops }: Scene): Promise<Finding[]> {
  const { findings }: { findings: Finding[] } = (await ops(['doctor', '--json'])).json();
  return findings.filter(({ name }) => /^aws\.(keys|\w+\.key)$/.test(name));
}

describe('npm run ops -- doctor, about the keys of an existing table and bucket', () => {
  it('says nothing where the stack created both', async () => {
    const scene = await sceneWith({}, { table: OTHER, bucket: OTHER });

    expect(await keyFindings(scene)).toEqual([]);
    expect(scene.aws.dynamoDb.operations).not.toContain('DescribeTable');
  });

  it.each([
    ['keys of AWS', NO_KEY, {}],
    ['keys that AWS manages', NO_KEY, { table: MANAGED, bucket: 'alias/aws/s3' }],
    ['the key that the function may use', OWN, { table: OWN, bucket: OWN }],
    ['this key, which the bucket names by its id', OWN, { table: OWN, bucket: OWN_ID }],
    ['this key, which the bucket names by an alias', OWN, { table: OWN, bucket: 'alias/forwarder' }],
    ['this key, and the table with one of AWS', OWN, { bucket: OWN }],
  ])('finds nothing wrong with %s', async (_, key, encrypted) => {
    const setting = key === NO_KEY ? {} : { setting: key };
    const scene = await sceneWith({ table: key, bucket: key, ...setting }, encrypted);
    scene.account.keys = KEYS;

    expect(await keyFindings(scene)).toMatchObject([
      { name: 'aws.table.key', level: 'ok', message: expect.stringContaining(TABLE) },
      { name: 'aws.bucket.key', level: 'ok', message: expect.stringContaining(BUCKET) },
    ]);
  });

  it('needs no permission in KMS for the key that the function may use', async () => {
    const scene = await sceneWith({ table: OWN, bucket: OWN, setting: OWN }, { table: OWN, bucket: OWN_ID });

    expect((await keyFindings(scene)).map(({ level }) => level)).toEqual(['ok', 'ok']);
  });

  it.each([
    ['no key', NO_KEY, 'no KMS key'],
    ['another key', OTHER, `${OTHER} alone`],
  ])('reports a table and a bucket that the function may not use, having %s', async (_, key, shown) => {
    const scene = await sceneWith({ table: key, bucket: key }, { table: OWN, bucket: 'alias/forwarder' });
    scene.account.keys = KEYS;

    const wrong = (name: string, resource: string) => ({
      name,
      level: 'fail',
      message: `${resource} is encrypted with ${OWN}, and the stack lets the function use ${shown}. It can neither read nor write there, unless the key's own policy names its role`,
      fix: expect.stringMatching(new RegExp(`^Set existingDataKmsKeyArn to ${OWN} and deploy again[^:]*$`)),
    });
    expect(await keyFindings(scene)).toEqual([
      wrong('aws.table.key', TABLE),
      wrong('aws.bucket.key', BUCKET),
    ]);
  });

  it('warns of a key of another account before it proposes it', async () => {
    const foreign = OTHER.replace('123456789012', '999999999999');
    const scene = await sceneWith({ bucket: NO_KEY }, { bucket: foreign });
    scene.account.keys = [{ arn: foreign, manager: 'CUSTOMER' }];

    expect(await keyFindings(scene)).toMatchObject([
      {
        name: 'aws.bucket.key',
        level: 'fail',
        fix: expect.stringMatching(
          /^The key belongs to account 999999999999, the stack to 123456789012: .* Set existingDataKmsKeyArn/,
        ),
      },
    ]);
  });

  it('advises one key for both where each has its own: the table can be encrypted again as a whole', async () => {
    const scene = await sceneWith({ table: OWN, bucket: OWN, setting: OWN }, { table: OWN, bucket: OTHER });
    scene.account.keys = KEYS;

    const [table, bucket] = await keyFindings(scene);

    expect(table?.level).toBe('ok');
    expect(bucket?.fix).toMatch(
      new RegExp(`^Set \\w+ to ${OTHER} .*update-table .*--table-name ${TABLE} .*KMSMasterKeyId=${OTHER}'?$`),
    );
  });

  it('warns of existingDataKmsKeyArn where nothing has a key of its own, but not of kmsKeyArn', async () => {
    const named = await sceneWith({ table: OWN, setting: OWN });
    const general = await sceneWith({ table: OWN });

    expect(await keyFindings(named)).toMatchObject([
      { name: 'aws.table.key', level: 'ok' },
      {
        name: 'aws.keys',
        level: 'warn',
        message: expect.stringContaining(`existingDataKmsKeyArn lets the function use ${OWN}`),
        fix: expect.stringContaining('Remove the setting'),
      },
    ]);
    expect(await keyFindings(general)).toMatchObject([{ name: 'aws.table.key', level: 'ok' }]);
  });

  it('says what it may not read, and judges the rest alone', async () => {
    const scene = await sceneWith({ table: OWN, bucket: OWN, setting: OWN }, { bucket: OTHER });
    const notChecked = (name: string, permission: string) => ({
      name,
      level: 'warn',
      message: expect.stringContaining('not checked'),
      fix: expect.stringContaining(permission),
    });

    expect(await keyFindings(scene)).toMatchObject([
      { name: 'aws.table.key', level: 'ok' },
      notChecked('aws.bucket.key', 'kms:DescribeKey'),
    ]);
    scene.aws.s3.settings.encryptionKey = undefined;
    scene.aws.dynamoDb.intercept = (operation) =>
      operation === 'DescribeTable' ? { error: 'AccessDeniedException' } : undefined;
    expect(await keyFindings(scene)).toMatchObject([
      { name: 'aws.bucket.key', level: 'ok' },
      notChecked('aws.table.key', 'dynamodb:DescribeTable'),
    ]);
  });

  it('reports a key that is gone at the resource that names it', async () => {
    const scene = await sceneWith({ table: OWN, bucket: OWN }, { table: OWN, bucket: 'alias/gone' });
    scene.account.keys = KEYS;

    expect(await keyFindings(scene)).toMatchObject([
      { name: 'aws.table.key', level: 'ok' },
      { name: 'aws.bucket.key', level: 'fail', message: expect.stringContaining('alias/gone') },
    ]);
  });
});
