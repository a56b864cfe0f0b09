import { join } from 'node:path';
import { type DynamoDb, startDynamoDb } from './dynamodb.ts';
import { type S3, startS3 } from './s3.ts';
import { type SecretsManager, startSecretsManager } from './secrets-manager.ts';
import { type AccessKey, accessKeyEnvironment, newAccessKey } from './signature.ts';

export interface StateServicesOptions {
  tables: readonly string[];
  buckets: readonly string[];
  /** Folder that keeps tables and objects; in memory when left out. */
  folder?: string;
}

export interface AwsOptions extends StateServicesOptions {
  /** Values by name; `null` for a secret that was created without one. */
  secrets: Readonly<Record<string, string | null>>;
}

/** The AWS services that store the forwarder's state, on this machine. */
export interface StateServices {
  readonly dynamoDb: DynamoDb;
  readonly s3: S3;
  /** Signs the requests that they accept; created at each start. */
  readonly accessKey: AccessKey;
  /** Environment variables that point any AWS SDK client at these stand-ins, credentials and region included. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** All AWS services that the forwarder uses, on this machine. */
export interface Aws extends StateServices {
  readonly secretsManager: SecretsManager;
}

/** Starts DynamoDB and S3. */
export async function startStateServices({
  tables,
  buckets,
  folder,
}: StateServicesOptions): Promise<StateServices> {
  const accessKey = newAccessKey();
  const [dynamoDb, s3] = await Promise.all([
    startDynamoDb({ accessKey, tables, ...(folder !== undefined && { folder: join(folder, 'dynamodb') }) }),
    startS3({ accessKey, buckets, ...(folder !== undefined && { folder: join(folder, 's3') }) }),
  ]);
  return {
    dynamoDb,
    s3,
    accessKey,
    environment: {
      AWS_REGION: 'us-east-1',
      ...accessKeyEnvironment(accessKey),
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.origin,
      AWS_ENDPOINT_URL_S3: s3.origin,
      // The SDK warns of Node versions below 22 although it works on them.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    close: async () => {
      await Promise.all([dynamoDb.close(), s3.close()]);
    },
  };
}

/** Starts DynamoDB, S3 and Secrets Manager. */
export async function startAws({ secrets, ...options }: AwsOptions): Promise<Aws> {
  const services = await startStateServices(options);
  const secretsManager = await startSecretsManager({ accessKey: services.accessKey, secrets });
  return {
    ...services,
    secretsManager,
    environment: {
      ...services.environment,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.origin,
    },
    close: async () => {
      await Promise.all([services.close(), secretsManager.close()]);
    },
  };
}
