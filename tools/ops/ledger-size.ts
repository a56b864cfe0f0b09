import { paginateQuery } from '@aws-sdk/client-dynamodb';
import type { Stream } from '../../lambda/contract.ts';
import { tableCall } from '../../lambda/forwarder/aws/table-call.ts';
import { entryCount } from '../../lambda/forwarder/core/ledger/chunks.ts';
import type { AwsClients } from './aws.ts';
import type { ForwarderStack } from './stack-outputs.ts';

/** What the ledger of a stream holds. */
export interface LedgerSize {
  chunks: number;
  entries: number;
  /** How many hours lie between the oldest and the newest dated record of it. */
  hours: number;
}

const SORT_KEY = /^LEDGER#(?<hour>\d+)#/;

/**
 * Reads the whole ledger of a stream: a read unit for each 8 KB of it.
 * @throws {StateError}
 */
export async function ledgerSize(
  { dynamo }: AwsClients,
  { table }: ForwarderStack,
  stream: Stream,
): Promise<LedgerSize> {
  const pages = paginateQuery(
    { client: dynamo },
    {
      TableName: table,
      KeyConditionExpression: 'pk = :stream AND begins_with(sk, :ledger)',
      ProjectionExpression: 'sk, entries',
      ExpressionAttributeValues: { ':stream': { S: stream }, ':ledger': { S: 'LEDGER#' } },
    },
  );
  const size = { chunks: 0, entries: 0 };
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  const read = async () => {
    for await (const { Items = [] } of pages) {
      for (const { sk, entries } of Items) {
        size.chunks++;
        size.entries += entryCount(stream, entries?.B ?? new Uint8Array());
        const hour = Number(SORT_KEY.exec(sk?.S ?? '')?.groups?.['hour']);
        // Records without a usable time are under hour 0.
        if (!(hour > 0)) continue;
        first = Math.min(first, hour);
        last = Math.max(last, hour);
      }
    }
  };
  await tableCall(table, read());
  return { ...size, hours: last === 0 ? 0 : last - first + 1 };
}
