import { request } from 'node:http';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Aws, startAws } from '../../../../tools/stand-ins/aws/aws.ts';
import type { Account } from '../../../../tools/stand-ins/aws/management/account.ts';
import { startAwsManagement } from '../../../../tools/stand-ins/aws/management/management.ts';
import { type AccessKey, newAccessKey } from '../../../../tools/stand-ins/aws/signature.ts';
import { startDatadogApi } from '../../../../tools/stand-ins/datadog/api.ts';
import { startDatadogIntake } from '../../../../tools/stand-ins/datadog/intake.ts';
import { startValenceApi } from '../../../../tools/stand-ins/valence/api.ts';
import { APIS } from '../../../../tools/stand-ins/valence/apis/apis.ts';
import { startApi } from '../../../../tools/stand-ins/valence/apis/start-api.ts';

const KEY = 'planted-key-0b81';

const invoke = vi.fn(async () => ({ secret: KEY }));
const account = { functions: { forwarder: { environment: {}, timeoutSeconds: 1, memoryMiB: 1, invoke } } };

interface Door {
  origin: string;
  close(): Promise<void>;
}

let aws: Aws;
let doors: Record<string, Door>;
beforeAll(async () => {
  aws = await startAws({ tables: ['state'], buckets: ['quarantine'], secrets: { valence: KEY } });
  const { dynamoDb, secretsManager, s3 } = aws;
  const [api] = APIS;
  doors = {
    DynamoDB: dynamoDb,
    'Secrets Manager': secretsManager,
    S3: s3,
    'the management services': await startAwsManagement(account as unknown as Account, aws.accessKey),
    Valence: await startValenceApi({ apiKey: KEY }),
    'an API of the zoo': await startApi(api as (typeof APIS)[number], { apiKey: KEY }),
    'the intake of Datadog': await startDatadogIntake({ apiKey: KEY }),
    'the API of Datadog': await startDatadogApi({ apiKey: KEY, appKey: KEY }),
  };
});
afterAll(() => Promise.all(Object.values(doors).map((door) => door.close())));

const LOCAL = [
  'DynamoDB',
  'Secrets Manager',
  'S3',
  'the management services',
  'Valence',
  'an API of the zoo',
  'the intake of Datadog',
  'the API of Datadog',
];
const AWS_SERVICES = LOCAL.slice(0, 4);

const origin = (door: string) => doors[door]?.origin ?? '';

/** Sends what a browser or a tool without the access key sends, and gives status and text of the answer. */
const send = (door: string, headers: Record<string, string>, path = '/', body = '{}') =>
  new Promise<{ status?: number; text: string }>((resolve, reject) => {
    const sent = request(new URL(path, origin(door)), { method: 'POST', headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ ...(response.statusCode !== undefined && { status: response.statusCode }), text });
    });
    sent.on('error', reject).end(body);
  });

describe.each(LOCAL)('the server of %s', (door) => {
  it('refuses the host name of another machine, to which a page may point its own name', async () => {
    const { port } = new URL(origin(door));

    for (const host of [
      `attacker.example:${port}`,
      'attacker.example',
      '127.0.0.1',
      `127.0.0.1:${port}0`,
      `127.0.0.1.attacker.example:${port}`,
    ]) {
      expect((await send(door, { host, 'dd-api-key': KEY, authorization: `Bearer ${KEY}` })).status).toBe(
        403,
      );
    }
  });

  it.each(['https://attacker.example', 'http://localhost:3000', 'null'])(
    'refuses the request of a page of %s',
    async (page) => {
      const { status, text } = await send(door, {
        origin: page,
        'dd-api-key': KEY,
        authorization: `Bearer ${KEY}`,
      });

      expect(status).toBe(403);
      expect(text).toContain('Origin');
    },
  );

  it('goes by both of its own names', async () => {
    const { port } = new URL(origin(door));

    const answers = await Promise.all(
      [`127.0.0.1:${port}`, `localhost:${port}`].map((host) => send(door, { host })),
    );

    for (const { text } of answers) expect(text).not.toContain('Origin');
  });
});

const SECRET = { 'x-amz-target': 'secretsmanager.GetSecretValue' };
const forged = (id: string) =>
  `AWS4-HMAC-SHA256 Credential=${id}/20261130/us-east-1/secretsmanager/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${'0'.repeat(64)}`;

describe.each(AWS_SERVICES)('%s', (door) => {
  it('refuses a request that is not signed, or signed by a guess', async () => {
    const time = { 'x-amz-date': '20261130T000000Z', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    for (const headers of [
      SECRET,
      { ...SECRET, authorization: 'AWS4-HMAC-SHA256' },
      { ...SECRET, ...time, authorization: forged('local') },
      { ...SECRET, ...time, authorization: forged(aws.accessKey.accessKeyId) },
    ]) {
      const { status, text } = await send(door, headers, '/', '{"SecretId":"valence"}');
      expect(status).toBe(403);
      expect(text).not.toContain(KEY);
    }
  });
});

describe('an access key', () => {
  const call = (credentials: AccessKey) => {
    const settings = (door: string) => ({
      region: 'us-east-1',
      credentials,
      endpoint: origin(door),
      maxAttempts: 1,
    });
    return [
      new DynamoDBClient(settings('DynamoDB')).send(new ListTablesCommand({})),
      new SecretsManagerClient(settings('Secrets Manager')).send(
        new GetSecretValueCommand({ SecretId: 'valence' }),
      ),
      new S3Client({ ...settings('S3'), forcePathStyle: true }).send(
        new ListObjectsV2Command({ Bucket: 'quarantine', Prefix: 'a b/ü&=+' }),
      ),
      new LambdaClient(settings('the management services')).send(
        new InvokeCommand({ FunctionName: 'forwarder', Payload: '{"a":1}' }),
      ),
    ];
  };

  it('of this start opens every service', async () => {
    const answers = await Promise.allSettled(call(aws.accessKey));

    expect(answers.map(({ status }) => status)).toEqual(Array(4).fill('fulfilled'));
  });

  it.each([
    ['of another start', () => newAccessKey()],
    ['with another secret', () => ({ ...newAccessKey(), accessKeyId: aws.accessKey.accessKeyId })],
  ])('%s opens none, and starts no function', async (_, key) => {
    invoke.mockClear();

    const answers = await Promise.allSettled(call(key()));

    expect(answers).toEqual(
      Array(4).fill({
        status: 'rejected',
        reason: expect.objectContaining({ $metadata: expect.objectContaining({ httpStatusCode: 403 }) }),
      }),
    );
    expect(invoke).not.toHaveBeenCalled();
  });

  it('is another one at each start, and too long to guess', () => {
    const keys = Array.from({ length: 50 }, newAccessKey);

    expect(new Set(keys.map(({ accessKeyId }) => accessKeyId)).size).toBe(50);
    for (const { accessKeyId, secretAccessKey } of keys) {
      expect(accessKeyId.length).toBeGreaterThanOrEqual(20);
      expect(secretAccessKey.length).toBeGreaterThanOrEqual(40);
    }
  });
});
