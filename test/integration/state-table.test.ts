import { type AttributeValue, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { countCapacity } from '../../lambda/forwarder/aws/capacity.ts';
import { nextLedgerFence } from '../../lambda/forwarder/aws/ledger-fence.ts';
import { dynamoStateStore } from '../../lambda/forwarder/aws/state-table.ts';
import { PackedEntries } from '../../lambda/forwarder/core/ledger/chunks.ts';
import { fingerprintOf } from '../../lambda/forwarder/core/records/identity.ts';
import { LeaseLost } from '../../lambda/shared/errors.ts';
import { startDynamo, useDynamo } from '../support/dynalite.ts';
import { leaseRequest, progressOf, taken } from '../support/leases.ts';
import { stateStoreContract } from '../support/state-store-contract.ts';
import { stateTables } from '../support/state-tables.ts';

const dynamo = useDynamo();

stateStoreContract('the DynamoDB table', async () =>
  dynamoStateStore({ client: dynamo.client, table: await dynamo.createTable() }),
);

const NOW = leaseRequest().now;

const { tableWithState, newStore } = stateTables(dynamo);

describe('F54 a reply is lost', () => {
  it('F54 on the first lease of a stream: the caller gets it, as the first run, and unclean', async () => {
    const { store } = await newStore();
    dynamo.fail('UpdateItem', 'lose-reply');

    const { lease, state, firstRun } = taken(await store.acquire(leaseRequest()));

    expect(firstRun).toBe(true);
    expect(state.clean).toBe(false);
    await expect(store.save(lease, progressOf(state, { watermark: NOW }))).resolves.toBeUndefined();
  });

  it('F54 on a later lease: the fence grew by one only, and the state is unclean', async () => {
    const store = dynamoStateStore({ client: dynamo.client, table: await tableWithState({}) });
    const before = await store.read('alerts');
    dynamo.fail('UpdateItem', 'lose-reply');

    const { lease, state, firstRun } = taken(await store.acquire(leaseRequest()));

    expect(firstRun).toBe(false);
    expect(lease.fence).toBe((before?.fence ?? 0) + 1);
    expect(before?.clean).toBe(true);
    expect(state.clean).toBe(false);
  });

  it('F54 on a lease while a backfill counts on: their ledger chunks can never meet', async () => {
    const { table, store } = await newStore();
    const first = taken(await store.acquire(leaseRequest()));
    await store.release(first.lease, progressOf(first.state), true);
    dynamo.fail('UpdateItem', 'lose-reply');

    const { lease } = taken(await store.acquire(leaseRequest({ owner: 'run-2' })));
    const backfill = await nextLedgerFence({ client: dynamo.client, table }, 'alerts', NOW);

    expect(lease.ledgerFence).toBeGreaterThan(first.lease.ledgerFence);
    expect(backfill).toBeGreaterThan(lease.ledgerFence);
  });

  it('F54 on a save: the progress is noted and the run continues', async () => {
    const { store } = await newStore();
    const { lease, state } = taken(await store.acquire(leaseRequest()));
    dynamo.fail('UpdateItem', 'lose-reply');

    await store.save(lease, progressOf(state, { watermark: NOW }));

    expect((await store.read('alerts'))?.watermark).toBe(NOW);
  });

  it('F54 on a release: it counts as done', async () => {
    const { store } = await newStore();
    const { lease, state } = taken(await store.acquire(leaseRequest()));
    dynamo.fail('UpdateItem', 'lose-reply');

    await store.release(lease, progressOf(state, { watermark: NOW }), true);

    expect(await store.read('alerts')).toMatchObject({
      watermark: NOW,
      clean: true,
      owner: '',
      leaseUntil: 0,
    });
  });

  it('F54 on a release that another run followed at once: the lease is lost', async () => {
    const { store } = await newStore();
    const { lease, state } = taken(await store.acquire(leaseRequest()));
    await store.release(lease, progressOf(state), true);
    await store.acquire(leaseRequest({ owner: 'run-2' }));

    await expect(store.release(lease, progressOf(state), true)).rejects.toBeInstanceOf(LeaseLost);
  });

  it('F54 on a ledger chunk: it is there once', async () => {
    const { store } = await newStore();
    const chunk = { hour: 1, fence: 2, sequence: 3, entries: Buffer.from('entries') };
    dynamo.fail('PutItem', 'lose-reply');

    await store.appendLedger('alerts', chunk, NOW);

    expect(await store.loadLedger('alerts', 1)).toHaveLength(1);
  });
});

describe('the ledger in the table', () => {
  it('F62 a corrupt chunk is returned without entries, so that the core can report it; the others are read', async () => {
    const table = await dynamo.createTable();
    const store = dynamoStateStore({ client: dynamo.client, table });
    await store.appendLedger('alerts', { hour: 1, fence: 1, sequence: 1, entries: Buffer.of(1) }, NOW);
    const corrupt: Record<string, AttributeValue>[] = [
      { sk: { S: 'LEDGER#0000000001#0000000001#000002' }, entries: { S: 'text' } },
      { sk: { S: 'LEDGER#0000000001#0000000001#000003' } },
      { sk: { S: 'LEDGER#0000000001#one#000004' }, entries: { B: Buffer.of(4) } },
    ];
    for (const item of corrupt) {
      const Item = { pk: { S: 'alerts' }, ...item };
      await dynamo.client.send(new PutItemCommand({ TableName: table, Item }));
    }

    const chunks = await store.loadLedger('alerts', 1);

    expect(chunks.map(({ sequence, entries }) => [sequence, entries.length])).toEqual([
      [1, 1],
      [2, 0],
      [3, 0],
      [0, 0],
    ]);
  });

  it('F63 a ledger of several megabytes is read in several pages, in order', async () => {
    const table = await dynamo.createTable();
    const store = dynamoStateStore({ client: dynamo.client, table });
    const sequences = Array.from({ length: 8 }, (_, sequence) => sequence);
    for (const sequence of sequences) {
      const entries = Buffer.alloc(390_000, sequence);
      await store.appendLedger('alerts', { hour: 1, fence: 1, sequence, entries }, NOW);
    }

    dynamo.operations.length = 0;
    const chunks = await store.loadLedger('alerts', 1);

    expect(chunks.map(({ sequence, entries }) => [sequence, entries[0]])).toEqual(
      sequences.map((n) => [n, n]),
    );
    expect(dynamo.operations.length).toBeGreaterThan(1);
  });

  it('the layout is the documented one', async () => {
    const table = await dynamo.createTable();
    const store = dynamoStateStore({ client: dynamo.client, table });
    await store.appendLedger(
      'audit-logs',
      { hour: 490_833, fence: 1_767_000_001, sequence: 12, entries: Buffer.of(9) },
      NOW,
    );

    const { Item } = await dynamo.client.send(
      new GetItemCommand({
        TableName: table,
        Key: { pk: { S: 'audit-logs' }, sk: { S: 'LEDGER#0000490833#1767000001#000012' } },
      }),
    );

    expect(Item).toMatchObject({ entries: { B: Uint8Array.of(9) }, expiresAt: { N: String(NOW) } });
  });
});

it('a run without trouble writes three times and reads nothing', async () => {
  const { store } = await newStore();
  dynamo.operations.length = 0;

  const { lease, state } = taken(await store.acquire(leaseRequest()));
  const saved = progressOf(state, { watermark: NOW });
  await store.save(lease, saved);
  await store.release(lease, progressOf({ ...state, ...saved }), true);

  expect(dynamo.operations).toEqual(['UpdateItem', 'UpdateItem', 'UpdateItem']);
});

it('the consumed capacity is counted as DynamoDB reports it: 4 KB per read unit, 1 KB per write unit', async () => {
  const own = await startDynamo();
  const store = dynamoStateStore({ client: own.client, table: await own.createTable() });
  const sums = countCapacity(own.client);

  await store.appendLedger('alerts', { hour: 1, fence: 1, sequence: 1, entries: Buffer.alloc(6500) }, NOW);
  await store.loadLedger('alerts', 1);

  expect(sums).toEqual({ writeUnits: 7, readUnits: 2, queries: 1 });
  await own.close();
});

it('a thousand alerts of one hour take 30 write units and 8 read units', async () => {
  const own = await startDynamo();
  const store = dynamoStateStore({ client: own.client, table: await own.createTable() });
  const sums = countCapacity(own.client);
  const packed = new PackedEntries(1000);
  for (let n = 0; n < 1000; n++) {
    packed.set(n, { hour: 1, key: fingerprintOf(`alert ${n}`), version: fingerprintOf(`version ${n}`) });
  }

  for (const [sequence, chunk] of packed.chunks(0, 1000, fingerprintOf('salt').slice(16)).entries()) {
    await store.appendLedger('alerts', { ...chunk, fence: 1, sequence }, NOW);
  }
  await store.loadLedger('alerts', 1);

  expect(sums).toEqual({ writeUnits: 30, readUnits: 8, queries: 1 });
  await own.close();
});
