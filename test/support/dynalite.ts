import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, type DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { dynamoClient } from '../../lambda/forwarder/aws/clients.ts';

// The package is CommonJS and has no types.
const dynalite = createRequire(import.meta.url)('dynalite') as (options: { createTableMs: number }) => Server;

/** A DynamoDB of one's own, in this process. */
export interface TestDynamo {
  /** A client of this DynamoDB, made as the forwarder makes its own. */
  client(config?: DynamoDBClientConfig): DynamoDBClient;
  /** Makes an empty state table and gives its name. */
  createTable(): Promise<string>;
  close(): Promise<void>;
}

export async function startDynamo(): Promise<TestDynamo> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const clients: DynamoDBClient[] = [];
  const client = (config: DynamoDBClientConfig = {}) => {
    const made = dynamoClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      ...config,
    });
    clients.push(made);
    return made;
  };
  let tables = 0;
  return {
    client,
    async createTable() {
      tables += 1;
      const TableName = `state-${tables}`;
      await client().send(
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
      return TableName;
    },
    async close() {
      for (const made of clients) made.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
