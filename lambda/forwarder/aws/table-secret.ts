import { randomBytes } from 'node:crypto';
import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { StateError } from '../../shared/errors.ts';
import type { DigestSecret } from '../../shared/keyed-digest.ts';
import { tableCall } from './table-call.ts';

/** The item of the state table that holds its secret. */
const KEY = { pk: { S: 'SECRET' }, sk: { S: 'SECRET' } };

const SECRET_BYTES = 32;

/** A random secret, not that of any table yet. */
export const freshSecret = (): DigestSecret => randomBytes(SECRET_BYTES);

export interface TableSecretOptions {
  client: DynamoDBClient;
  table: string;
}

/**
 * The secret of a state table: the key of published fingerprints and hashed values, and of the signatures of quarantined objects.
 * The first function that needs it creates it; a table that is kept keeps it, so that digests stay the same.
 * @throws {StateError} as {@link dynamoStateStore} does; `state-corrupt` when the item was damaged
 */
export async function readOrCreateSecret(options: TableSecretOptions): Promise<DigestSecret> {
  const known = await readSecret(options);
  if (known) return known;
  const { client, table } = options;
  const { Attributes } = await tableCall(
    table,
    client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: KEY,
        // Of two functions that create it at once, the first one wins, and both get its secret.
        UpdateExpression: 'SET #secret = if_not_exists(#secret, :fresh)',
        ExpressionAttributeNames: { '#secret': 'secret' },
        ExpressionAttributeValues: { ':fresh': { B: freshSecret() } },
        ReturnValues: 'ALL_NEW',
      }),
    ),
  );
  return usable(Attributes?.['secret']?.B, table);
}

/**
 * The same for a reader that must not write.
 * @returns undefined while there is none
 */
export async function readSecret({ client, table }: TableSecretOptions): Promise<DigestSecret | undefined> {
  const { Item } = await tableCall(
    table,
    client.send(new GetItemCommand({ TableName: table, Key: KEY, ConsistentRead: true })),
  );
  return Item && usable(Item['secret']?.B, table);
}

function usable(secret: Uint8Array | undefined, table: string): DigestSecret {
  if (secret?.length === SECRET_BYTES) return secret;
  throw new StateError(
    'state-corrupt',
    `The item SECRET of the table ${table} does not hold a secret of ${SECRET_BYTES} bytes.`,
    'Restore the item from a backup of the table. If there is none, delete it: the function makes a new secret, with which fingerprints and hashes in Datadog change and quarantined objects no longer fit their signature.',
  );
}

/** Reads or creates the secret once, when it is first needed. A failed attempt is not kept. */
export function tableSecret(options: TableSecretOptions): () => Promise<DigestSecret> {
  let reading: Promise<DigestSecret> | undefined;
  return () => {
    reading ??= readOrCreateSecret(options).catch((error) => {
      reading = undefined;
      throw error;
    });
    return reading;
  };
}
