import { join } from 'node:path';
import { type DynamoDb, startDynamoDb } from './dynamodb.ts';
import { type S3, startS3 } from './s3.ts';
import { type SecretsManager, startSecretsManager } from './secrets-manager.ts';

export interface AwsOptions {
  tables: readonly string[];
  buckets: readonly string[];
  /** Values by name; `null` for a secret that was created without one. */
  secrets: Readonly<Record<string, string | null>>;
  /** Folder that keeps tables and objects; in memory when left out. */
  folder?: string;
}

/** The AWS services that the forwarder uses, on this machine. */
export interface Aws {
  readonly dynamoDb: DynamoDb;
  readonly secretsManager: SecretsManager;
  readonly s3: S3;
  /** Environment variables that point any AWS SDK client at these stand-ins, credentials and region included. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts DynamoDB, Secrets Manager and S3. */
export async function startAws({ tables, buckets, secrets, folder }: AwsOptions): Promise<Aws> {
  const [dynamoDb, secretsManager, s3] = await Promise.all([
    startDynamoDb({ tables, ...(folder !== undefined && { folder: join(folder, 'dynamodb') }) }),
    startSecretsManager({ secrets }),
    startS3({ buckets, ...(folder !== undefined && { folder: join(folder, 's3') }) }),
  ]);
  return {
    dynamoDb,
    secretsManager,
    s3,
    environment: {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.origin,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.origin,
      AWS_ENDPOINT_URL_S3: s3.origin,
      // The SDK warns of Node versions below 22 although it works on them.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    close: async () => {
      await Promise.all([dynamoDb.close(), secretsManager.close(), s3.close()]);
    },
  };
}
