import { describe, expect, it } from 'vitest';
import { dynamoStateStore } from '../../lambda/forwarder/aws/state-table.ts';
import { dynamoClient } from '../../lambda/shared/aws/clients.ts';
import { StateError } from '../../lambda/shared/errors.ts';
import { STAND_IN_CLIENT } from '../support/aws-client.ts';
import { useDynamo } from '../support/dynalite.ts';
import { leaseRequest, progressOf, taken } from '../support/leases.ts';
import { stateTables } from '../support/state-tables.ts';

const dynamo = useDynamo();

const NOW = leaseRequest().now;

const { tableWithState, itemOf, newStore } = stateTables(dynamo);

async function refusalOf(work: Promise<unknown>): Promise<StateError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StateError);
  return error as StateError;
}

describe('F53 the table throttles', () => {
  it('F53 four times in a row: every call still succeeds', async () => {
    const { store } = await newStore();
    const throttle = (operation: string) => dynamo.fail(operation, { error: 'ThrottlingException' }, 4);
    const chunk = { hour: 1, fence: 1, sequence: 1, entries: Buffer.of(1) };

    throttle('UpdateItem');
    const { lease, state } = taken(await store.acquire(leaseRequest()));
    throttle('PutItem');
    await store.appendLedger('alerts', chunk, NOW);
    throttle('Query');
    expect(await store.loadLedger('alerts', 1)).toHaveLength(1);
    throttle('UpdateItem');
    await store.save(lease, progressOf(state, { watermark: NOW }));
    throttle('UpdateItem');
    await store.release(lease, progressOf(state, { watermark: NOW }), true);
    throttle('GetItem');
    expect((await store.read('alerts'))?.watermark).toBe(NOW);
  });

  it.each(['ThrottlingException', 'ProvisionedThroughputExceededException', 'RequestLimitExceeded'])(
    'F53 without end (%s): an error that says so, and the state is as it was',
    async (error) => {
      const { store, table } = await newStore();
      dynamo.fail('UpdateItem', { error }, Number.POSITIVE_INFINITY);

      const refusal = await refusalOf(store.acquire(leaseRequest()));

      expect(refusal).toMatchObject({ code: 'state-throttled', message: expect.stringContaining(table) });
      expect(await itemOf(table)).toBeUndefined();
    },
  );
});

describe('F58 the table cannot be used', () => {
  it('F58 no such table: the error names the table and the setting', async () => {
    const store = dynamoStateStore({ client: dynamo.client, table: 'no-such-table' });

    const error = await refusalOf(store.acquire(leaseRequest()));

    expect(error).toMatchObject({
      code: 'state-missing-table',
      message: expect.stringContaining('no-such-table'),
      fix: expect.stringContaining('STATE_TABLE'),
    });
  });

  it.each(['AccessDeniedException', 'UnrecognizedClientException', 'ExpiredTokenException'])(
    'F58 access denied (%s): the error names what to allow',
    async (error) => {
      const { store, table } = await newStore();
      dynamo.fail('UpdateItem', { error }, Number.POSITIVE_INFINITY);

      const refusal = await refusalOf(store.acquire(leaseRequest()));

      expect(refusal).toMatchObject({
        code: 'state-denied',
        message: expect.stringContaining(table),
        fix: expect.stringContaining('dynamodb:UpdateItem'),
      });
    },
  );

  it('F58 the service fails on every repeat: the error says that it did not answer', async () => {
    const { store } = await newStore();
    dynamo.fail('UpdateItem', { error: 'InternalServerError', status: 500 }, Number.POSITIVE_INFINITY);

    expect((await refusalOf(store.acquire(leaseRequest()))).code).toBe('state-unreachable');
  });

  it('F58 a refused connection: the error says that the table did not answer', async () => {
    const client = dynamoClient({ ...STAND_IN_CLIENT, endpoint: 'http://127.0.0.1:1' });

    const error = await refusalOf(dynamoStateStore({ client, table: 'state' }).read('alerts'));

    expect(error.code).toBe('state-unreachable');
  });

  it('a request that DynamoDB finds invalid: the error names the keys the table must have', async () => {
    const { store } = await newStore();
    dynamo.fail('UpdateItem', { error: 'ValidationException' });

    const error = await refusalOf(store.acquire(leaseRequest()));

    expect(error).toMatchObject({ code: 'state-refused', fix: expect.stringContaining('pk') });
  });
});

describe('F61 the state item cannot be true', () => {
  it.each([
    ['a number is missing', { watermark: undefined }, 'watermark is missing'],
    ['a number is text', { finalWatermark: { S: 'NaN' } }, 'finalWatermark is missing or not a number'],
    ['a number is negative', { sweepPosition: { N: '-1' } }, 'sweepPosition is negative'],
    ['a number has a fraction', { watermark: { N: '1766990000.5' } }, 'watermark is not a whole number'],
    ['the fence is gone', { fence: undefined }, 'fence is missing'],
    ['the fence is negative', { fence: { N: '-1' } }, 'fence is negative'],
    ['the watermark is a year ahead', { watermark: { N: '1800000000' } }, 'watermark is more than a day'],
    ['the lease ends in a year', { leaseUntil: { N: '1800000000' } }, 'leaseUntil is more than a day'],
    ['the final watermark is ahead', { finalWatermark: { N: '1766999999' } }, 'finalWatermark is later than'],
    ['the schema version is missing', { schemaVersion: undefined }, 'schemaVersion is missing'],
    ['the schema version is zero', { schemaVersion: { N: '0' } }, 'schemaVersion is missing or unknown'],
  ])('F61 %s: refused, also by the runs after it', async (_, change, problem) => {
    const table = await tableWithState(change);
    const store = dynamoStateStore({ client: dynamo.client, table });

    const first = await refusalOf(store.acquire(leaseRequest()));
    const later = await refusalOf(store.acquire(leaseRequest({ owner: 'run-2', now: NOW + 3600 })));

    for (const error of [first, later]) {
      expect(error).toMatchObject({ code: 'state-corrupt', message: expect.stringContaining(problem) });
      expect(error.message).toContain(table);
      expect(error.fix).toContain(`aws dynamodb delete-item --table-name ${table}`);
    }
  });

  it.each([
    ['finalWatermark', undefined],
    ['watermark', { N: '1800000000' }],
    ['finalWatermark', { N: '1766999999' }],
    ['leaseUntil', { N: '1800000000' }],
  ])('F61 an item whose %s is %j is left as it was found', async (field, value) => {
    const table = await tableWithState({ [field]: value });
    const before = await itemOf(table);

    await refusalOf(dynamoStateStore({ client: dynamo.client, table }).acquire(leaseRequest()));

    expect(await itemOf(table)).toEqual(before);
  });

  it('F61 a refusal fills no hole and moves no watermark', async () => {
    const table = await tableWithState({ finalWatermark: undefined });
    const before = await itemOf(table);

    await refusalOf(dynamoStateStore({ client: dynamo.client, table }).acquire(leaseRequest()));

    expect(await itemOf(table)).toEqual(before);
  });

  it('F61 a newer schema: refused with the version to deploy, the item untouched', async () => {
    const table = await tableWithState({ schemaVersion: { N: '3' } });
    const before = await itemOf(table);

    const error = await refusalOf(dynamoStateStore({ client: dynamo.client, table }).acquire(leaseRequest()));

    expect(error).toMatchObject({
      code: 'state-newer-schema',
      message: expect.stringContaining('version 3'),
    });
    expect(await itemOf(table)).toEqual(before);
  });

  it('F61 reading refuses a corrupt item as well', async () => {
    const table = await tableWithState({ slice: { S: 'long' } });

    const error = await refusalOf(dynamoStateStore({ client: dynamo.client, table }).read('alerts'));

    expect(error.code).toBe('state-corrupt');
  });

  it('an unknown attribute is not an error', async () => {
    const table = await tableWithState({ note: { S: 'looked at on Monday' } });

    const answer = await dynamoStateStore({ client: dynamo.client, table }).acquire(leaseRequest());

    expect(answer.held).toBe(false);
  });
});
