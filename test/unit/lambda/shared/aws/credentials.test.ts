import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, it } from 'vitest';
import { dynamoStateStore } from '../../../../../lambda/forwarder/aws/state-table.ts';
import { secretKey } from '../../../../../lambda/shared/aws/secret-key.ts';
import { systemClock } from '../../../../../lambda/shared/clock.ts';

/** Errors of the SDK itself, which come about before anything is sent: no server can stand in for them. */
const noCredentials = () =>
  Object.assign(new Error('Could not load credentials from any providers'), {
    name: 'CredentialsProviderError',
  });
const expired = () =>
  Object.assign(new Error('The security token included in the request is expired'), {
    name: 'ExpiredTokenException',
    $fault: 'client',
    $metadata: { httpStatusCode: 400 },
  });

const secrets = mockClient(SecretsManagerClient);
const dynamo = mockClient(DynamoDBClient);

afterEach(() => {
  secrets.reset();
  dynamo.reset();
});

describe('Without usable AWS credentials', () => {
  it('reading a key says that access was denied and why, and the next call tries again', async () => {
    secrets
      .on(GetSecretValueCommand)
      .rejectsOnce(noCredentials())
      .resolves({ SecretString: 'k3y-0123456789abcdef' });
    const key = secretKey({
      client: new SecretsManagerClient({}),
      secretId: 'valence/key',
      owner: 'Valence',
      clock: systemClock,
    });

    const first = key.value();

    await expect(first).rejects.toMatchObject({
      code: 'secret-denied',
      message: expect.stringContaining('Could not load credentials'),
    });
    await expect(key.value()).resolves.toBe('k3y-0123456789abcdef');
    expect(secrets.commandCalls(GetSecretValueCommand, { SecretId: 'valence/key' })).toHaveLength(2);
  });

  it('reading the state names the table and the denial', async () => {
    dynamo.on(GetItemCommand).rejects(expired());
    const store = dynamoStateStore({ client: new DynamoDBClient({}), table: 'state' });

    const reading = store.read('alerts');

    await expect(reading).rejects.toMatchObject({
      code: 'state-denied',
      message: expect.stringMatching(/table state.*expired/),
    });
  });
});
