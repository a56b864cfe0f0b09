import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { isLocalRequest, NOT_LOCAL } from '../local-request.ts';
import { type AccessKey, signedWith } from './signature.ts';

/**
 * A fault in place of an ordinary answer: `lose-reply` carries the operation out and cuts the connection, `reset` cuts it
 * before, an error is answered by its name.
 */
export type DynamoDbFault = 'lose-reply' | 'reset' | { error: string; status?: number };

/** Decides over each request by its operation (`UpdateItem`); undefined lets it pass. */
export type DynamoDbIntercept = (operation: string) => DynamoDbFault | undefined;

export interface DynamoDbOptions {
  accessKey: AccessKey;
  /** Tables that exist from the start, with `pk` (S, hash) and `sk` (S, range), on demand. */
  tables: readonly string[];
  /** Folder that keeps the tables; in memory when left out. */
  folder?: string;
  intercept?: DynamoDbIntercept;
}

/** DynamoDB on a free port of 127.0.0.1. */
export interface DynamoDb {
  readonly origin: string;
  /** Every operation asked for, in order. */
  readonly operations: string[];
  intercept: DynamoDbIntercept | undefined;
  /** The attribute by which items of every table expire, as their description shows it. Nothing expires. */
  timeToLive: string | undefined;
  /** ARN of the KMS key of every table, as their description shows it; undefined for a key of DynamoDB. Nothing is encrypted. */
  encryptionKey: string | undefined;
  close(): Promise<void>;
}

const operationOf = (request: IncomingMessage): string =>
  String(request.headers['x-amz-target'] ?? '').replace(/^.*\./, '');

/** Answers with a fault. Returns whether the request is still to be carried out. */
function inject(fault: DynamoDbFault, request: IncomingMessage, response: ServerResponse): boolean {
  if (fault === 'lose-reply') {
    response.end = () => response.destroy();
    return true;
  }
  if (fault === 'reset') {
    response.destroy();
    return false;
  }
  request.resume();
  response.writeHead(fault.status ?? 400, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(
    JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${fault.error}`, message: fault.error }),
  );
  return false;
}

/** Settles once a request is answered, or will never be carried out because it did not come whole. */
function settled(request: IncomingMessage, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const end = response.end as (...args: unknown[]) => ServerResponse;
    response.end = (...args: unknown[]) => {
      resolve();
      return end.apply(response, args);
    };
    request.once('close', () => {
      if (!request.complete) resolve();
    });
  });
}

/** The answer to what dynalite does not know of a table; undefined for any other operation. */
function describe(
  operation: string,
  { timeToLive, encryptionKey }: Pick<DynamoDb, 'timeToLive' | 'encryptionKey'>,
): object | undefined {
  if (operation === 'DescribeTimeToLive') {
    return {
      TimeToLiveDescription:
        timeToLive === undefined
          ? { TimeToLiveStatus: 'DISABLED' }
          : { TimeToLiveStatus: 'ENABLED', AttributeName: timeToLive },
    };
  }
  if (operation === 'DescribeTable' && encryptionKey !== undefined) {
    const SSEDescription = { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: encryptionKey };
    return { Table: { TableStatus: 'ACTIVE', SSEDescription } };
  }
  return undefined;
}

/** A new table is there within milliseconds. */
const TABLE_WAIT_SECONDS = { minDelay: 0.005, maxDelay: 0.05, maxWaitTime: 10 };

/** Makes an empty table with the keys of the state table, and waits until it is there. */
export async function createTable(client: DynamoDBClient, TableName: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  await waitUntilTableExists({ client, ...TABLE_WAIT_SECONDS }, { TableName });
}

async function createTables(
  endpoint: string,
  credentials: AccessKey,
  names: readonly string[],
): Promise<void> {
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  const { TableNames: present = [] } = await client.send(new ListTablesCommand({}));
  for (const name of names.filter((each) => !present.includes(each))) await createTable(client, name);
  client.destroy();
}

/**
 * Starts DynamoDB (dynalite, in this process).
 * @throws when the folder is in use by another process
 */
export async function startDynamoDb({
  accessKey,
  tables,
  folder,
  intercept,
}: DynamoDbOptions): Promise<DynamoDb> {
  const server = dynalite({ createTableMs: 0, ...(folder !== undefined && { path: folder }) });
  const [carryOut] = server.listeners('request') as [RequestListener];
  server.removeAllListeners('request');
  const underWay = new Set<Promise<void>>();
  const refuse = signedWith(accessKey);
  server.on('request', async (request, response) => {
    const refusal = isLocalRequest(request) ? await refuse(request) : NOT_LOCAL;
    if (refusal) {
      request.resume();
      response.writeHead(refusal.status, refusal.headers).end(refusal.body);
      return;
    }
    if (request.destroyed) return;
    const operation = operationOf(request);
    dynamoDb.operations.push(operation);
    const fault = dynamoDb.intercept?.(operation);
    if (fault && !inject(fault, request, response)) return;
    const description = describe(operation, dynamoDb);
    if (description) {
      request.resume();
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(description));
      return;
    }
    const done = settled(request, response).finally(() => underWay.delete(done));
    underWay.add(done);
    carryOut(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const dynamoDb: DynamoDb = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    operations: [],
    intercept: undefined,
    timeToLive: 'expiresAt',
    encryptionKey: undefined,
    async close() {
      // An operation continues after its client has disconnected, and would end this process on a closed database.
      while (underWay.size > 0) await Promise.all(underWay);
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      });
    },
  };
  await createTables(dynamoDb.origin, accessKey, tables);
  // From here on, so that a fault meets the forwarder and not the tables' creation.
  dynamoDb.operations.length = 0;
  dynamoDb.intercept = intercept;
  return dynamoDb;
}
