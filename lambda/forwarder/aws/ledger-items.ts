import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Stream } from '../../contract.ts';
import { StateError } from '../../shared/errors.ts';
import type { LedgerChunk } from '../core/state-ports.ts';
import type { Item } from './state-item.ts';
import { CONDITION_FAILED, tableCall } from './table-call.ts';

/** The ledger's items: immutable chunks whose sort keys put the newest last. */

interface LedgerTable {
  client: DynamoDBClient;
  table: string;
}

const hourPrefix = (hour: number) => `LEDGER#${String(hour).padStart(10, '0')}#`;

/** Zero-padded, so that the order of the texts is the order of the numbers. */
const chunkName = ({ hour, fence, sequence }: LedgerChunk) =>
  `${hourPrefix(hour)}${String(fence).padStart(10, '0')}#${String(sequence).padStart(6, '0')}`;

/** A chunk whose key or entries cannot be read is returned without entries, so that the core can report it. */
function parseChunk(item: Item): LedgerChunk {
  const sk = item['sk']?.S ?? '';
  const hour = Number(/^LEDGER#(?<hour>\d{10})#/.exec(sk)?.groups?.['hour'] ?? 0);
  const name = /#(?<fence>\d{10})#(?<sequence>\d{6})$/.exec(sk)?.groups;
  const entries = (name && item['entries']?.B) ?? new Uint8Array();
  return { hour, fence: Number(name?.['fence'] ?? 0), sequence: Number(name?.['sequence'] ?? 0), entries };
}

async function itemsOf(pages: AsyncIterable<QueryCommandOutput>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of pages) items.push(...(page.Items ?? []));
  return items;
}

/** All chunks of an hour, or of several hours in a row, oldest first. */
export async function loadLedger(
  { client, table }: LedgerTable,
  stream: Stream,
  hour: number,
  lastHour = hour,
): Promise<LedgerChunk[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      ProjectionExpression: 'sk, entries',
      ExpressionAttributeValues: {
        ':pk': { S: stream },
        ':first': { S: hourPrefix(hour) },
        // After every chunk of the hour.
        ':last': { S: `${hourPrefix(lastHour)}~` },
      },
    },
  );
  const items = await tableCall(table, itemsOf(pages));
  return items.map(parseChunk);
}

/**
 * Adds a chunk, once: a repeat of the same write is a success.
 * @param expiresAt epoch seconds
 * @throws {StateError} `state-ledger-collision` when another chunk already has the key
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
    `Another ledger chunk of ${stream} already has the key ${chunkName(chunk)} in table ${table}.`,
    'Nothing is lost: the next run writes under a new fence. If it happens again, make sure that no other stack uses this table.',
  );
}
