import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { readOrCreateSecret, readSecret, tableSecret } from '../../lambda/forwarder/aws/table-secret.ts';
import { StateError } from '../../lambda/shared/errors.ts';
import { useDynamo } from '../support/dynalite.ts';

const dynamo = useDynamo();

const KEY = { pk: { S: 'SECRET' }, sk: { S: 'SECRET' } };

const emptyTable = async () => ({ client: dynamo.client, table: await dynamo.createTable() });

describe('the secret of a table', () => {
  it('is created once, with 32 bytes, and stays', async () => {
    const table = await emptyTable();

    const first = await readOrCreateSecret(table);

    expect(first).toHaveLength(32);
    expect(await readOrCreateSecret(table)).toEqual(first);
    expect(await readSecret(table)).toEqual(first);
    expect(await readOrCreateSecret(await emptyTable())).not.toEqual(first);
  });

  it('is the same for functions that create it at once', async () => {
    const table = await emptyTable();

    const secrets = await Promise.all(Array.from({ length: 5 }, () => readOrCreateSecret(table)));

    expect(new Set(secrets.map((secret) => Buffer.from(secret).toString('hex'))).size).toBe(1);
  });

  it('F54 whose creation got no answer is read by the next attempt', async () => {
    const table = await emptyTable();
    dynamo.fail('UpdateItem', 'lose-reply');

    const secret = await readOrCreateSecret(table);

    expect(await readSecret(table)).toEqual(secret);
  });

  it('is not created by a reader', async () => {
    const table = await emptyTable();

    expect(await readSecret(table)).toBeUndefined();
    const { Item } = await table.client.send(new GetItemCommand({ TableName: table.table, Key: KEY }));
    expect(Item).toBeUndefined();
  });

  it('F61 that was damaged is an error, and is left as it is', async () => {
    const { client, table } = await emptyTable();
    const Item = { ...KEY, secret: { B: Buffer.from('short') } };
    await client.send(new PutItemCommand({ TableName: table, Item }));

    const read = readOrCreateSecret({ client, table });

    await expect(read).rejects.toThrow(StateError);
    await expect(read).rejects.toMatchObject({ code: 'state-corrupt' });
  });

  it('is read once by a process, and again after a failure', async () => {
    const table = await emptyTable();
    const secret = tableSecret({ ...table, table: 'missing' });
    await expect(secret()).rejects.toMatchObject({ code: 'state-missing-table' });
    await expect(secret()).rejects.toMatchObject({ code: 'state-missing-table' });

    const kept = tableSecret(table);
    expect(await kept()).toBe(await kept());
  });
});
