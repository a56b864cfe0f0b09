import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Hour, HourLeases, HourState } from '../core/backfill-ports.ts';
import { nextLedgerFence } from './ledger-fence.ts';
import type { Item } from './state-item.ts';
import { CONDITION_FAILED, tableCall } from './table-call.ts';

const hourKey = ({ stream, hour }: Hour): Item => ({
  pk: { S: stream },
  sk: { S: `BACKFILL#${String(hour).padStart(10, '0')}` },
});

/** How the last holder left the hour. An unreadable item does not prove that everything was acknowledged. */
const stateOf = (item: Item, otherwise: HourState): HourState => ({
  clean: item['clean']?.BOOL ?? false,
  slice: Number(item['slice']?.N) || otherwise.slice,
});

/**
 * Leases of hours in the state table, one item for each stream and hour.
 * @returns leases that throw {@link StateError} for AWS's errors, as the state table does
 */
export function dynamoHourLeases({ client, table }: { client: DynamoDBClient; table: string }): HourLeases {
  async function holderOf(hour: Hour): Promise<Item> {
    const command = new GetItemCommand({ TableName: table, Key: hourKey(hour), ConsistentRead: true });
    const { Item: item } = await tableCall(table, client.send(command));
    return item ?? {};
  }

  return {
    nextFence: (stream, now) => nextLedgerFence({ client, table }, stream, now),

    async acquireHour({ now, leaseUntil, expiresAt, slice, ...hour }) {
      const untouched = { clean: true, slice };
      const command = new UpdateItemCommand({
        TableName: table,
        Key: hourKey(hour),
        ConditionExpression: 'attribute_not_exists(leaseUntil) OR leaseUntil <= :now',
        UpdateExpression:
          'SET #owner = :owner, leaseUntil = :leaseUntil, expiresAt = :expiresAt, clean = :unclean, slice = if_not_exists(slice, :slice)',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: {
          ':now': { N: String(now) },
          ':owner': { S: hour.owner },
          ':leaseUntil': { N: String(leaseUntil) },
          ':expiresAt': { N: String(expiresAt) },
          ':unclean': { BOOL: false },
          ':slice': { N: String(slice) },
        },
        ReturnValues: 'ALL_OLD',
      });
      const answer = await tableCall(table, client.send(command), CONDITION_FAILED);
      if (answer !== CONDITION_FAILED) {
        return { held: false, ...(answer.Attributes ? stateOf(answer.Attributes, untouched) : untouched) };
      }
      const item = await holderOf(hour);
      // Our own write, whose reply was lost. It overwrote what the last holder left, so that may have unconfirmed writes.
      if (item['owner']?.S === hour.owner) return { held: false, ...stateOf(item, untouched), clean: false };
      return { held: true, until: Number(item['leaseUntil']?.N ?? now) };
    },

    async releaseHour(hour, { clean, slice }) {
      const command = new UpdateItemCommand({
        TableName: table,
        Key: hourKey(hour),
        ConditionExpression: '#owner = :owner',
        UpdateExpression: 'SET leaseUntil = :free, clean = :clean, slice = :slice REMOVE #owner',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: {
          ':owner': { S: hour.owner },
          ':free': { N: '0' },
          ':clean': { BOOL: clean },
          ':slice': { N: String(slice) },
        },
      });
      // Taken over, or a repeat of our own release: there is nothing left to give back.
      await tableCall(table, client.send(command), CONDITION_FAILED);
    },
  };
}
