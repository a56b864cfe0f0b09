import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { secretsClient } from '../../../../../lambda/shared/aws/clients.ts';
import { type KeyOwner, secretKey } from '../../../../../lambda/shared/aws/secret-key.ts';
import type { Clock } from '../../../../../lambda/shared/clock.ts';
import { CredentialError } from '../../../../../lambda/shared/errors.ts';
import {
  type SecretsManager,
  startSecretsManager,
} from '../../../../../tools/stand-ins/aws/secrets-manager.ts';
import type { Intercept } from '../../../../../tools/stand-ins/http-server.ts';
import { json } from '../../../../../tools/stand-ins/http-server.ts';
import { accessKey, STAND_IN_CLIENT } from '../../../../support/aws-client.ts';

const SECRET = 'valence/key';
const KEY = 'k3y-0123456789abcdef';

let service: SecretsManager;
let nowMs: number;

const clock: Clock = {
  wall: () => nowMs,
  monotonic: () => nowMs,
  sleep: () => Promise.reject(new Error('Nothing here waits.')),
};

beforeEach(async () => {
  nowMs = 1_767_000_000_000;
  service = await startSecretsManager({ accessKey, secrets: { [SECRET]: KEY } });
});

afterEach(() => service.close());

const keyIn = (secretId = SECRET, owner: KeyOwner = 'Valence') =>
  secretKey({
    client: secretsClient({ ...STAND_IN_CLIENT, endpoint: service.origin }),
    secretId,
    owner,
    clock,
  });

async function problemOf(work: Promise<unknown>): Promise<CredentialError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CredentialError);
  return error as CredentialError;
}

/** Secrets Manager's own form of an error. */
const refusal =
  (type: string, message: string, status = 400): Intercept =>
  () =>
    json(status, { __type: type, Message: message }, { 'x-amzn-errortype': type });

describe('the value of a secret', () => {
  it('may be long and look like the beginning of a placeholder', async () => {
    const value = `your_${'key'.repeat(20_000)}`;
    service.secrets.set(SECRET, value);

    expect(await keyIn().value()).toBe(value);
  });

  it.each([
    ['the bare key', KEY],
    ['the bare key with the newline of an editor', `${KEY}\r\n`],
    ['JSON', `{"apiKey":"${KEY}"}`],
    ['JSON with other fields, blanks and newlines', `\n{ "apiKey": " ${KEY}\\n", "madeBy": "ops" }\n`],
  ])('F76 %s gives the key', async (_, value) => {
    service.secrets.set(SECRET, value);

    expect(await keyIn().value()).toBe(KEY);
  });

  it('one secret holds both keys of Datadog, each under its name', async () => {
    service.secrets.set(SECRET, `{"apiKey":"${KEY}","appKey":"of-the-application"}`);

    expect(await keyIn().value()).toBe(KEY);
    expect(await keyIn(SECRET, 'Datadog application').value()).toBe('of-the-application');
  });

  it.each([
    '<your key>',
    'CHANGE_ME',
    'change-me',
    'REPLACE_ME',
    'xxx',
    'XXXXXXXX',
    'todo',
    'your-api-key-here',
    'API_KEY',
    'placeholder',
    '{"apiKey":"CHANGE_ME"}',
  ])('F76 the placeholder %s is refused with the command that stores the key', async (value) => {
    service.secrets.set(SECRET, value);

    const error = await problemOf(keyIn().value());

    expect(error.code).toBe('secret-placeholder');
    expect(error.message).toContain(SECRET);
    expect(error.fix).toContain(
      `aws secretsmanager put-secret-value --secret-id ${SECRET} --secret-string file://key.txt`,
    );
  });

  it.each([
    ['JSON without apiKey', '{"key":"s3cret-value"}', 'apiKey'],
    ['JSON whose apiKey is no text', '{"apiKey":{"v":"s3cret-value"}}', 'apiKey'],
    ['broken JSON', '{"apiKey":"s3cret-value"', 'JSON'],
    ['two lines', 's3cret-value\ns3cret-value', 'blanks'],
    ['a blank', 's3cret value', 'blanks'],
    ['non-ASCII letters', 's3cret-välue', 'ASCII'],
    ['quotes', '"s3cret-value"', 'quotes'],
  ])('F76 %s: refused without showing the value', async (_, value, hint) => {
    service.secrets.set(SECRET, value);

    const error = await problemOf(keyIn().value());

    expect(error.code).toBe('secret-unusable');
    expect(error.message).toContain(hint);
    expect(`${error.message} ${error.fix} ${error.stack} ${JSON.stringify(error)}`).not.toMatch(/s3cret/);
    expect(error.cause).toBeUndefined();
  });

  it.each([
    ['without a value', null],
    ['of blanks', ' \n'],
    ['with an empty apiKey', '{"apiKey":""}'],
  ])('F76 a secret %s is called empty, not missing', async (_, value) => {
    service.secrets.set(SECRET, value);

    const error = await problemOf(keyIn().value());

    expect(error.code).toBe('secret-empty');
    expect(error.fix).toContain('put-secret-value');
  });

  it('F76 a missing secret is reported as missing, with the command that creates it', async () => {
    const error = await problemOf(keyIn('no/such/secret').value());

    expect(error.code).toBe('secret-missing');
    expect(error.message).toContain('no/such/secret');
    expect(error.fix).toContain('create-secret');
  });

  it.each([
    ['Valence', 'Generate API Key'],
    ['Datadog', 'Organization Settings > API Keys'],
  ] as const)('the fix says where a %s key comes from', (owner, place) => {
    expect(keyIn(SECRET, owner).fix).toContain(place);
  });
});

describe('answers of Secrets Manager', () => {
  it.each([
    ['AccessDeniedException', 'User is not authorized', 400, 'secret-denied'],
    ['AccessDeniedException', 'Access to KMS is not allowed', 400, 'secret-undecryptable'],
    ['DecryptionFailure', 'The key is disabled', 400, 'secret-undecryptable'],
    ['InvalidRequestException', 'it was marked for deletion', 400, 'secret-deleted'],
    ['ThrottlingException', 'Rate exceeded', 400, 'secret-unreachable'],
    ['InternalServiceError', 'Try again', 500, 'secret-unreachable'],
  ])('%s (%s) has its own error', async (type, message, status, code) => {
    service.intercept = refusal(type, message, status);

    const error = await problemOf(keyIn().value());

    expect(error).toMatchObject({ code, message: expect.stringContaining(SECRET) });
  });

  it('a refused connection: the secret is reported as unreachable', async () => {
    const client = secretsClient({ ...STAND_IN_CLIENT, endpoint: 'http://127.0.0.1:1' });

    const error = await problemOf(secretKey({ client, secretId: SECRET, owner: 'Valence', clock }).value());

    expect(error.code).toBe('secret-unreachable');
  });

  it('an answer that is not JSON does not put the key into an error', async () => {
    service.intercept = () => ({ status: 200, body: `{"SecretString":"${KEY}"` });

    const error = await problemOf(keyIn().value());

    expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain(KEY);
  });
});

describe('reading as little as possible', () => {
  it('a key is read once in five minutes', async () => {
    const key = keyIn();
    await key.value();
    nowMs += 5 * 60_000 - 1;
    await key.value();
    expect(service.requests).toHaveLength(1);

    nowMs += 1;
    await key.value();
    expect(service.requests).toHaveLength(2);
  });

  it('F72 a clock that was set back makes the key be read again, not kept for longer', async () => {
    const key = keyIn();
    await key.value();
    nowMs -= 3_600_000;

    await key.value();

    expect(service.requests).toHaveLength(2);
  });

  it('two streams that ask at once share one read', async () => {
    const key = keyIn();

    expect(await Promise.all([key.value(), key.value()])).toEqual([KEY, KEY]);
    expect(service.requests).toHaveLength(1);
  });

  it('a failed read is not remembered', async () => {
    const key = keyIn();
    service.secrets.set(SECRET, null);
    await problemOf(key.value());
    service.secrets.set(SECRET, KEY);

    expect(await key.value()).toBe(KEY);
  });

  it('F36 a rotated key is found at once by both streams that were refused, with one read', async () => {
    const key = keyIn();
    await key.value();
    service.secrets.set(SECRET, 'rotated-key-1234');

    const renewed = await Promise.all([key.renew(KEY), key.renew(KEY)]);

    expect(renewed).toEqual(['rotated-key-1234', 'rotated-key-1234']);
    expect(await key.value()).toBe('rotated-key-1234');
    expect(service.requests).toHaveLength(2);
  });

  it('F36 a stream refused with an old key gets the newer one without a read', async () => {
    const key = keyIn();
    await key.value();
    service.secrets.set(SECRET, 'rotated-key-1234');
    await key.renew(KEY);

    expect(await key.renew(KEY)).toBe('rotated-key-1234');
    expect(service.requests).toHaveLength(2);
  });

  it('F45 a refused key that was not replaced is read again once, however many streams ask', async () => {
    const key = keyIn();
    await key.value();

    expect(await Promise.all([key.renew(KEY), key.renew(KEY)])).toEqual([undefined, undefined]);
    nowMs += 5_000;
    expect(await key.renew(KEY)).toBeUndefined();
    expect(service.requests).toHaveLength(2);
  });

  it('F45 the very next invocation reads a refused key again, however soon it starts', async () => {
    const key = keyIn();
    await key.value();
    await key.renew(KEY);
    service.secrets.set(SECRET, 'rotated-key-1234');
    key.startInvocation();

    expect(await key.renew(KEY)).toBe('rotated-key-1234');
  });

  it('F36 a key that is replaced all the time is read again three times an invocation at most', async () => {
    const key = keyIn();
    let current = await key.value();
    for (let count = 1; count <= 3; count++) {
      service.secrets.set(SECRET, `rotated-key-${count}`);
      const newer = await key.renew(current);
      expect(newer).toBe(`rotated-key-${count}`);
      current = newer as string;
    }
    service.secrets.set(SECRET, 'rotated-key-4');

    expect(await key.renew(current)).toBeUndefined();
    expect(service.requests).toHaveLength(4);
  });

  it('a renewal that cannot read the secret says why', async () => {
    const key = keyIn();
    await key.value();
    service.secrets.set(SECRET, 'CHANGE_ME');

    expect((await problemOf(key.renew(KEY))).code).toBe('secret-placeholder');
  });
});
