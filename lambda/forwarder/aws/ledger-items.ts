import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { StateError } from '../../common/errors.ts';
import type { LedgerChunk, Stream, Telemetry } from '../core/ports.ts';
import type { Item } from './state-item.ts';
import { CONDITION_FAILED, tableCall } from './table-call.ts';

/** The ledger's items: immutable chunks whose sort keys put the newest last. */

interface LedgerTable {
  client: DynamoDBClient;
  table: string;
  telemetry?: Telemetry | undefined;
}

const hourPrefix = (hour: number) => `LEDGER#${String(hour).padStart(10, '0')}#`;

/** Zero-padded, so that the order of the texts is the order of the numbers. */
const chunkName = ({ hour, fence, sequence }: LedgerChunk) =>
  `${hourPrefix(hour)}${String(fence).padStart(10, '0')}#${String(sequence).padStart(6, '0')}`;

function parseChunk(item: Item, hour: number): LedgerChunk | undefined {
  const name = /#(?<fence>\d{10})#(?<sequence>\d{6})$/.exec(item['sk']?.S ?? '')?.groups;
  const entries = item['entries']?.B;
  return name && entries
    ? { hour, fence: Number(name['fence']), sequence: Number(name['sequence']), entries }
    : undefined;
}

async function itemsOf(pages: AsyncIterable<QueryCommandOutput>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of pages) items.push(...(page.Items ?? []));
  return items;
}

/** All chunks of an hour, oldest first. One that cannot be read is left out and told: at worst that repeats a log. */
export async function loadLedger(
  { client, table, telemetry }: LedgerTable,
  stream: Stream,
  hour: number,
): Promise<LedgerChunk[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :hour)',
      ProjectionExpression: 'sk, entries',
      ExpressionAttributeValues: { ':pk': { S: stream }, ':hour': { S: hourPrefix(hour) } },
    },
  );
  const items = await tableCall(table, itemsOf(pages));
  return items.flatMap((item) => {
    const chunk = parseChunk(item, hour);
    if (chunk) return [chunk];
    telemetry?.warn('A ledger chunk cannot be read and is left out: its records may be sent again.', {
      code: 'ledger-chunk-corrupt',
      table,
      pk: stream,
      sk: item['sk']?.S,
    });
    return [];
  });
}

/**
 * Adds a chunk, once: a repeat of the same write is a success.
 * @param expiresAt epoch seconds
 * @throws {StateError} `state-ledger-collision` when another chunk stands under the same key
 */
export async function appendLedger(
  { client, table }: LedgerTable,
  stream: Stream,
  chunk: LedgerChunk,
  expiresAt: number,
): Promise<void> {
  const key: Item = { pk: { S: stream }, sk: { S: chunkName(chunk) } };
  const put = new PutItemCommand({
    TableName: table,
    Item: { ...key, entries: { B: chunk.entries }, expiresAt: { N: String(expiresAt) } },
    ConditionExpression: 'attribute_not_exists(sk)',
  });
  if ((await tableCall(table, client.send(put), CONDITION_FAILED)) !== CONDITION_FAILED) return;
  const get = new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true });
  const { Item: present } = await tableCall(table, client.send(get));
  if (present?.['entries']?.B && Buffer.compare(present['entries'].B, chunk.entries) === 0) return;
  throw new StateError(
    'state-ledger-collision',
    `Another ledger chunk stands under ${chunkName(chunk)} of ${stream} in table ${table}.`,
    'Nothing is lost: the next run writes under a new fence. If it comes back, make sure that no other stack uses this table.',
  );
}
