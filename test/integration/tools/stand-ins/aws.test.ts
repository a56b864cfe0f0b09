import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Aws, startAws } from '../../../../tools/stand-ins/aws/aws.ts';

const OPTIONS = {
  tables: ['state'],
  buckets: ['quarantine'],
  secrets: { full: 'the-key', empty: null },
};

let aws: Aws;
beforeEach(async () => {
  aws = await startAws(OPTIONS);
});
afterEach(() => aws.close());

const account = () => ({
  region: 'us-east-1',
  credentials: aws.accessKey,
  maxAttempts: 1,
});
const dynamoDb = () => new DynamoDBClient({ ...account(), endpoint: aws.dynamoDb.origin });
const s3 = () => new S3Client({ ...account(), endpoint: aws.s3.origin, forcePathStyle: true });
const secrets = () => new SecretsManagerClient({ ...account(), endpoint: aws.secretsManager.origin });

const item = { pk: { S: 'alerts' }, sk: { S: 'STATE' }, watermark: { N: '1' } };
const put = () => dynamoDb().send(new PutItemCommand({ TableName: 'state', Item: item }));
const read = async () => {
  const answer = await dynamoDb().send(
    new GetItemCommand({ TableName: 'state', Key: { pk: item.pk, sk: item.sk }, ConsistentRead: true }),
  );
  return answer.Item;
};

describe('the DynamoDB stand-in', () => {
  it('has its table from the start', async () => {
    await put();

    expect(await read()).toEqual(item);
    expect(aws.dynamoDb.operations).toEqual(['PutItem', 'GetItem']);
  });

  it('F53 answers with the errors that a test asks for', async () => {
    aws.dynamoDb.intercept = () => ({ error: 'ProvisionedThroughputExceededException' });

    await expect(put()).rejects.toThrow(
      expect.objectContaining({ name: 'ProvisionedThroughputExceededException' }),
    );
  });

  it('F54 can carry out an operation and lose the reply, or lose the request', async () => {
    aws.dynamoDb.intercept = (operation) => (operation === 'PutItem' ? 'reset' : undefined);
    await expect(put()).rejects.toThrow();
    expect(await read()).toBeUndefined();

    aws.dynamoDb.intercept = (operation) => (operation === 'PutItem' ? 'lose-reply' : undefined);
    await expect(put()).rejects.toThrow();
    expect(await read()).toEqual(item);
  });
});

describe('the Secrets Manager stand-in', () => {
  const value = (SecretId: string) => secrets().send(new GetSecretValueCommand({ SecretId }));

  it('gives a secret by name and by ARN, as it is now', async () => {
    const { ARN = '', SecretString } = await value('full');
    expect(SecretString).toBe('the-key');

    aws.secretsManager.secrets.set('full', 'rotated');

    expect((await value(ARN)).SecretString).toBe('rotated');
  });

  it('F76 distinguishes an empty secret from a missing one, with the errors of AWS', async () => {
    await expect(value('empty')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    });
    await expect(value('missing')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    });
  });
});

describe('the S3 stand-in', () => {
  const Bucket = 'quarantine';
  const putObject = (Key: string, Body: string) => s3().send(new PutObjectCommand({ Bucket, Key, Body }));
  const list = (input: { Prefix?: string; MaxKeys?: number; ContinuationToken?: string }) =>
    s3().send(new ListObjectsV2Command({ Bucket, ...input }));

  it('keeps, gives and deletes objects', async () => {
    await putObject('a/b & <c>.json.gz', 'content');

    const { Body } = await s3().send(new GetObjectCommand({ Bucket, Key: 'a/b & <c>.json.gz' }));
    expect(await Body?.transformToString()).toBe('content');

    await s3().send(new DeleteObjectCommand({ Bucket, Key: 'a/b & <c>.json.gz' }));
    await expect(s3().send(new GetObjectCommand({ Bucket, Key: 'a/b & <c>.json.gz' }))).rejects.toThrow(
      expect.objectContaining({ name: 'NoSuchKey' }),
    );
  });

  it('lists keys by prefix, in order, page by page', async () => {
    for (const key of ['q/3 & <x>', 'q/1', 'other/1', 'q/2']) await putObject(key, key);

    const first = await list({ Prefix: 'q/', MaxKeys: 2 });
    const second = await list({ Prefix: 'q/', ContinuationToken: first.NextContinuationToken ?? '' });

    expect(first.Contents?.map(({ Key }) => Key)).toEqual(['q/1', 'q/2']);
    expect(first.IsTruncated).toBe(true);
    expect(second.Contents?.map(({ Key }) => Key)).toEqual(['q/3 & <x>']);
    expect(second.IsTruncated).toBe(false);
  });

  it('F74 distinguishes existing buckets from others', async () => {
    await expect(s3().send(new HeadBucketCommand({ Bucket }))).resolves.toBeDefined();
    await expect(s3().send(new PutObjectCommand({ Bucket: 'missing', Key: 'k', Body: 'b' }))).rejects.toThrow(
      expect.objectContaining({ name: 'NoSuchBucket' }),
    );
  });
});

describe('AWS stand-ins with a folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'forwarder-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('find tables and objects as an earlier process left them', async () => {
    await aws.close();
    aws = await startAws({ ...OPTIONS, folder });
    await put();
    await s3().send(new PutObjectCommand({ Bucket: 'quarantine', Key: 'a/b', Body: 'kept' }));
    await aws.close();

    aws = await startAws({ ...OPTIONS, folder });

    expect(await read()).toEqual(item);
    expect(aws.s3.objects.get('quarantine/a/b')?.toString()).toBe('kept');
  });
});
