import * as z from 'zod/mini';
import type { FunctionSetting } from '../definition.ts';
import { text } from '../kinds.ts';
import { plainText } from '../readers.ts';
import { secretId } from '../secret-id.ts';

const name = () => plainText().check(z.trim(), z.minLength(1, { error: 'is empty' }));

const secretName = () => text(secretId(), 'a secret name or ARN, never the key itself');

/** Names of the stack's resources: neither the context nor a prop sets them. */
export const resourceSettings = {
  valenceSecretId: {
    environment: 'VALENCE_SECRET_ID',
    value: secretName(),
    required: true,
    description: 'Secrets Manager name or ARN of the Valence API key.',
    secret: true,
    example: { environment: 'valence/key' },
  },
  datadogSecretId: {
    environment: 'DATADOG_SECRET_ID',
    value: secretName(),
    required: true,
    description: 'Secrets Manager name or ARN of the Datadog API key.',
    secret: true,
    example: { environment: 'datadog/key' },
  },
  proxySecretId: {
    environment: 'PROXY_SECRET_ID',
    value: secretName(),
    description: 'Secrets Manager name or ARN of the credentials of the proxy.',
    secret: true,
    example: { environment: 'proxy/credentials' },
  },
  stateTable: {
    environment: 'STATE_TABLE',
    value: text(name(), 'a table name'),
    mayHoldIds: 'within',
    required: true,
    description: 'DynamoDB table for state.',
    example: { environment: 'forwarder-state' },
  },
  quarantineBucket: {
    environment: 'QUARANTINE_BUCKET',
    value: text(name(), 'a bucket name'),
    mayHoldIds: 'within',
    required: true,
    description: 'S3 bucket for records that Datadog refuses.',
    example: { environment: 'forwarder-quarantine' },
  },
} as const satisfies Record<string, FunctionSetting>;
