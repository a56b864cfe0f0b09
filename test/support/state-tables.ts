import { type AttributeValue, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamoStateStore } from '../../lambda/forwarder/aws/state-table.ts';
import type { useDynamo } from './dynalite.ts';
import { leaseRequest, progressOf, taken } from './leases.ts';

const NOW = leaseRequest().now;

/** State tables in a local DynamoDB. */
export function stateTables(dynamo: ReturnType<typeof useDynamo>) {
  /** A new table with a state item that a run has left, changed; undefined removes an attribute. */
  async function tableWithState(change: Record<string, AttributeValue | undefined>): Promise<string> {
    const table = await dynamo.createTable();
    const store = dynamoStateStore({ client: dynamo.client, table });
    const { lease, state } = taken(await store.acquire(leaseRequest({ now: NOW - 300 })));
    await store.release(lease, progressOf(state), true);
    const item = { ...(await itemOf(table)), ...change };
    const Item = Object.fromEntries(
      Object.entries(item).filter((entry): entry is [string, AttributeValue] => entry[1] !== undefined),
    );
    await dynamo.client.send(new PutItemCommand({ TableName: table, Item }));
    return table;
  }

  /** The state item of the alerts. */
  async function itemOf(table: string): Promise<Record<string, AttributeValue> | undefined> {
    const Key = { pk: { S: 'alerts' }, sk: { S: 'STATE' } };
    const { Item } = await dynamo.client.send(new GetItemCommand({ TableName: table, Key }));
    return Item;
  }

  /** A store on a new table. */
  const newStore = async () => {
    const table = await dynamo.createTable();
    return { table, store: dynamoStateStore({ client: dynamo.client, table }) };
  };

  return { tableWithState, itemOf, newStore };
}
