import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What the state table's requests consumed, in DynamoDB's units of billing. */
export interface Capacity {
  readUnits: number;
  writeUnits: number;
  /** Only those that cost something. */
  queries: number;
}

const READS: ReadonlySet<string> = new Set(['GetItemCommand', 'QueryCommand']);

interface CapacityAnswer {
  ConsumedCapacity?: { CapacityUnits?: number };
}

/**
 * Has DynamoDB return the consumed capacity with each answer, and adds it up.
 * @returns the sums so far; they change with each call
 */
export function countCapacity(client: DynamoDBClient): Capacity {
  const sums: Capacity = { readUnits: 0, writeUnits: 0, queries: 0 };
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (call) => {
        const answer = await next({ ...call, input: { ...call.input, ReturnConsumedCapacity: 'TOTAL' } });
        const { ConsumedCapacity } = answer.output as CapacityAnswer;
        const units = ConsumedCapacity?.CapacityUnits ?? 0;
        if (READS.has(commandName)) sums.readUnits += units;
        else sums.writeUnits += units;
        if (commandName === 'QueryCommand' && units > 0) sums.queries++;
        return answer;
      },
    { step: 'initialize', name: 'countCapacity' },
  );
  return sums;
}
