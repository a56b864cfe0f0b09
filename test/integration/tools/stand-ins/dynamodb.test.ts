import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, it, onTestFinished } from 'vitest';
import { dynamoClient } from '../../../../lambda/shared/aws/clients.ts';
import { startDynamoDb } from '../../../../tools/stand-ins/aws/dynamodb.ts';
import { accessKey, STAND_IN_CLIENT } from '../../../support/aws-client.ts';

it('the stand-in of DynamoDB closes without an error while operations of a disconnected client are under way', async () => {
  const fatal: unknown[] = [];
  const note = (error: unknown) => void fatal.push(error);
  process.on('uncaughtExceptionMonitor', note);
  onTestFinished(() => void process.off('uncaughtExceptionMonitor', note));

  for (let round = 0; round < 10; round++) {
    const dynamo = await startDynamoDb({ accessKey, tables: ['state'] });
    const client = dynamoClient({ ...STAND_IN_CLIENT, endpoint: dynamo.origin });
    const Key = { pk: { S: 'p' }, sk: { S: 's' } };
    await client.send(new PutItemCommand({ TableName: 'state', Item: Key }));
    const updates = Array.from({ length: 20 }, () =>
      client
        .send(
          new UpdateItemCommand({
            TableName: 'state',
            Key,
            UpdateExpression: 'ADD n :one',
            ExpressionAttributeValues: { ':one': { N: '1' } },
          }),
        )
        .catch(() => undefined),
    );
    while (dynamo.operations.length < 5) await new Promise(setImmediate);
    client.destroy();
    await dynamo.close();
    await Promise.all(updates);
  }

  expect(fatal).toEqual([]);
});
