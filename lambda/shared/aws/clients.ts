import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { SecretsManagerClient, type SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';
import { TLS } from '../tls.ts';

const MAX_ATTEMPTS = 5;
const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 3_000;

/**
 * Without timeouts the SDK waits for ever, and a service that hangs would use up the run. The SDK keeps connections alive by
 * default, and reads endpoints, region and credentials from the environment.
 */
const COMMON = {
  maxAttempts: MAX_ATTEMPTS,
  retryMode: 'standard',
  requestHandler: {
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    socketTimeout: REQUEST_TIMEOUT_MS,
    // Without this the SDK only warns about a request that takes too long.
    throwOnRequestTimeout: true,
    httpsAgent: TLS,
  },
};

/**
 * The SDK's own decoder checks each text by a pattern first, which takes ten times as long as decoding it. What comes by TLS from
 * DynamoDB is base64, and the ledger refuses what is not made of whole entries.
 */
function base64Decoder(text: string): Uint8Array {
  const { buffer, byteOffset, byteLength } = Buffer.from(text, 'base64');
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A DynamoDB client that gives up in bounded time. `config` wins over the common settings. */
export const dynamoClient = (config: DynamoDBClientConfig = {}): DynamoDBClient =>
  new DynamoDBClient({ ...COMMON, base64Decoder, ...config });

/** A Secrets Manager client that gives up in bounded time. `config` wins over the common settings. */
export const secretsClient = (config: SecretsManagerClientConfig = {}): SecretsManagerClient =>
  new SecretsManagerClient({ ...COMMON, ...config });

/**
 * An S3 client that gives up in bounded time. It is imported when first needed, because it is the largest of the three and a run
 * without a rejected record never needs it. A stand-in for S3 has one host name, so a custom endpoint means path style.
 */
export async function s3Client(config: S3ClientConfig = {}): Promise<S3Client> {
  const { S3Client } = (await import('./s3.ts')).s3;
  const forcePathStyle = Boolean(process.env['AWS_ENDPOINT_URL_S3']);
  return new S3Client({ ...COMMON, forcePathStyle, ...config });
}
