import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { dynamoHourLeases } from '../../lambda/forwarder/aws/hour-leases.ts';
import { dynamoStateStore } from '../../lambda/forwarder/aws/state-table.ts';
import { useDynamo } from '../support/dynalite.ts';
import { hourLeasesContract, hourRequest } from '../support/hour-leases-contract.ts';
import { leaseRequest } from '../support/leases.ts';

const dynamo = useDynamo();

const newLeases = async () => {
  const table = await dynamo.createTable();
  const place = { client: dynamo.client, table };
  return { table, leases: dynamoHourLeases(place), store: dynamoStateStore(place) };
};

hourLeasesContract('the DynamoDB table', newLeases);

it('F54 a lost reply to the lease: the hour is ours, and not clean', async () => {
  const { leases } = await newLeases();
  dynamo.fail('UpdateItem', 'lose-reply');

  const answer = await leases.acquireHour(hourRequest());
  const other = await leases.acquireHour(hourRequest({ owner: 'backfill-2' }));

  expect(answer).toEqual({ held: false, clean: false, slice: 3600 });
  expect(other.held).toBe(true);
});

it('F54 a lost reply to the release: the hour is free', async () => {
  const { leases } = await newLeases();
  await leases.acquireHour(hourRequest());
  dynamo.fail('UpdateItem', 'lose-reply');

  await leases.releaseHour(hourRequest(), { clean: true, slice: 3600 });

  expect(await leases.acquireHour(hourRequest({ owner: 'backfill-2' }))).toMatchObject({
    held: false,
    clean: true,
  });
});

it('F54 a lost reply to a fence leaves out a number', async () => {
  const { leases, store } = await newLeases();
  await store.acquire(leaseRequest());
  const first = await leases.nextFence('alerts', 1_767_000_000);
  dynamo.fail('UpdateItem', 'lose-reply');

  expect(await leases.nextFence('alerts', 1_767_000_000)).toBeGreaterThan(first);
});

it('F60 without a state there is no fence, and none is created', async () => {
  const { leases, store } = await newLeases();

  await expect(leases.nextFence('alerts', 1_767_000_000)).rejects.toMatchObject({ code: 'state-none' });

  expect(await store.read('alerts')).toBeUndefined();
});

it('F58 a missing table is reported with its fix', async () => {
  const leases = dynamoHourLeases({ client: dynamo.client, table: 'no-such-table' });

  await expect(leases.nextFence('alerts', 1)).rejects.toMatchObject({ code: 'state-missing-table' });
  await expect(leases.acquireHour(hourRequest())).rejects.toMatchObject({ code: 'state-missing-table' });
});

it('the layout is the documented one, and the table forgets the hour', async () => {
  const { table, leases } = await newLeases();
  await leases.acquireHour(hourRequest({ stream: 'audit-logs' }));

  const { Item } = await dynamo.client.send(
    new GetItemCommand({
      TableName: table,
      Key: { pk: { S: 'audit-logs' }, sk: { S: 'BACKFILL#0000490833' } },
    }),
  );

  expect(Item).toMatchObject({
    owner: { S: 'backfill-1' },
    leaseUntil: { N: '1767000260' },
    expiresAt: { N: '1768296000' },
  });
});
