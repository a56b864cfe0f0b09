import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { dynamoClient } from '../../lambda/shared/aws/clients.ts';
import { createTable, type DynamoDb, startDynamoDb } from '../../tools/stand-ins/aws/dynamodb.ts';
import { accessKey, STAND_IN_CLIENT } from './aws-client.ts';

/** A DynamoDB of one's own (dynalite, in this process) for tests that want a new table each. */
export interface TestDynamo extends Pick<DynamoDb, 'operations' | 'close'> {
  readonly client: DynamoDBClient;
  /** Makes an empty state table and gives its name. */
  createTable(): Promise<string>;
  /** Meets the next `times` requests for an operation with a fault. */
  fail(operation: string, fault: ReturnType<NonNullable<DynamoDb['intercept']>>, times?: number): void;
  /** No faults from here on. */
  heal(): void;
}

export async function startDynamo(): Promise<TestDynamo> {
  const dynamo = await startDynamoDb({ accessKey, tables: [] });
  const client = dynamoClient({ ...STAND_IN_CLIENT, endpoint: dynamo.origin });
  let tables = 0;
  return {
    client,
    operations: dynamo.operations,
    async createTable() {
      tables += 1;
      const name = `state-${tables}`;
      await createTable(client, name);
      return name;
    },
    fail(operation, fault, times = 1) {
      let left = times;
      dynamo.intercept = (asked) => (asked === operation && left-- > 0 ? fault : undefined);
    },
    heal() {
      dynamo.intercept = undefined;
    },
    async close() {
      client.destroy();
      await dynamo.close();
    },
  };
}

/** One DynamoDB for the tests of a file, without faults at the start of each. */
export function useDynamo(): Omit<TestDynamo, 'heal' | 'close'> {
  let dynamo: TestDynamo;
  beforeAll(async () => {
    dynamo = await startDynamo();
  });
  afterEach(() => dynamo.heal());
  afterAll(() => dynamo.close());
  return {
    get client() {
      return dynamo.client;
    },
    get operations() {
      return dynamo.operations;
    },
    createTable: () => dynamo.createTable(),
    fail: (...fault) => dynamo.fail(...fault),
  };
}
