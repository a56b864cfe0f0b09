import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Stream } from '../../contract.ts';
import { StateError } from '../../shared/errors.ts';
import { LEDGER_FENCE, ledgerFenceBefore, stateKey } from './state-item.ts';
import { CONDITION_FAILED, tableCall } from './table-call.ts';

/**
 * Raises the ledger fence of a stream without taking its lease. A repeat after a lost reply skips a number, which is
 * harmless.
 * @param now epoch seconds
 * @throws {StateError} `state-none` when the stream has no state, further for AWS's errors
 */
export async function nextLedgerFence(
  { client, table }: { client: DynamoDBClient; table: string },
  stream: Stream,
  now: number,
): Promise<number> {
  const command = new UpdateItemCommand({
    TableName: table,
    Key: stateKey(stream),
    // A counter alone would be a state item that no run accepts.
    ConditionExpression: 'attribute_exists(pk)',
    UpdateExpression: 'SET #counter = if_not_exists(#counter, :before) + :one',
    ExpressionAttributeNames: { '#counter': LEDGER_FENCE },
    ExpressionAttributeValues: { ':before': { N: String(ledgerFenceBefore(now)) }, ':one': { N: '1' } },
    ReturnValues: 'UPDATED_NEW',
  });
  const answer = await tableCall(table, client.send(command), CONDITION_FAILED);
  if (answer === CONDITION_FAILED) {
    throw new StateError(
      'state-none',
      `The table ${table} holds no state of ${stream}.`,
      'Wait for one scheduled run, then try again.',
    );
  }
  return Number(answer.Attributes?.[LEDGER_FENCE]?.N);
}
