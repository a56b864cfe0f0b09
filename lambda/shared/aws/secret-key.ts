import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ApiKey } from '../api-key.ts';
import type { Clock } from '../clock.ts';
import { CredentialError } from '../errors.ts';
import { shellWord } from '../shell.ts';
import { awsFailure } from './failure.ts';
import { parseCredentials, parseSecret, SecretProblem } from './secret-value.ts';

const CACHE_MS = 5 * 60_000;

/** How often a refused key is read again within one invocation, so that a key that changes all the time cannot keep it busy. */
const MAX_RENEWALS = 3;

/** What the key is called, and where it is made. */
const OWNERS = {
  Valence: {
    key: 'Valence API key',
    place: 'Valence: Administration > Settings > Valence API > Generate API Key, with the role Admin',
  },
  Datadog: { key: 'Datadog API key', place: 'Datadog: Organization Settings > API Keys' },
  'Datadog application': {
    key: 'Datadog application key',
    place: 'Datadog: Organization Settings > Application Keys',
  },
  proxy: {
    key: 'credentials of the proxy',
    place: 'user:password, or JSON with username and password',
  },
} as const;

export type KeyOwner = keyof typeof OWNERS;

export interface SecretKeyOptions {
  client: SecretsManagerClient;
  /** Name or ARN of the secret. */
  secretId: string;
  /** Whose key it is. */
  owner: KeyOwner;
  clock: Clock;
}

/** A key that outlives an invocation. */
export interface SecretKey extends ApiKey {
  /** Forgets what was refused, so that a key that was corrected since is used at once. */
  startInvocation(): void;
}

/**
 * A key kept in Secrets Manager, as the bare key or as JSON `{"apiKey":"..."}`, with `appKey` for the application key of Datadog; one
 * secret may hold both. It is read at most once in five minutes,
 * and again when it is refused: once for each refused value and at most three times an invocation, however many callers ask. A
 * read that failed is not remembered.
 * @returns a key whose calls throw {@link CredentialError} with code `secret-missing`, `secret-empty`, `secret-deleted`,
 *   `secret-placeholder`, `secret-unusable`, `secret-denied`, `secret-undecryptable` or `secret-unreachable`, never
 *   showing the value
 */
export function secretKey({ client, secretId, owner, clock }: SecretKeyOptions): SecretKey {
  const fix = `Put the ${owner === 'proxy' ? 'credentials' : 'key'} (${OWNERS[owner].place}) into a file and store it: aws secretsmanager put-secret-value --secret-id ${shellWord(secretId)} --secret-string file://key.txt`;
  const readAgo = (at: number) => {
    const ago = clock.wall() - at;
    // A clock that was set back makes everything remembered old.
    return ago < 0 ? Number.POSITIVE_INFINITY : ago;
  };
  let cached: { value: string; readAt: number } | undefined;
  let renewals = 0;
  /** Keys that this invocation has read again and found unchanged. */
  let unchanged = new Set<string>();
  let reading: Promise<string> | undefined;

  async function readSecret(): Promise<string> {
    try {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
      const value =
        owner === 'proxy'
          ? parseCredentials(SecretString)
          : parseSecret(SecretString, owner === 'Datadog application' ? 'appKey' : 'apiKey');
      cached = { value, readAt: clock.wall() };
      return value;
    } catch (error) {
      throw credentialError(error, { secretId, owner, fix });
    }
  }

  function read(): Promise<string> {
    reading ??= readSecret().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  return {
    fix,
    async value() {
      return cached && readAgo(cached.readAt) < CACHE_MS ? cached.value : read();
    },
    async renew(refused) {
      if (cached && cached.value !== refused) return cached.value;
      if (cached && (unchanged.has(refused) || renewals >= MAX_RENEWALS)) return undefined;
      if (!reading) renewals++;
      const value = await read();
      if (value !== refused) return value;
      unchanged.add(refused);
      return undefined;
    },
    startInvocation() {
      renewals = 0;
      unchanged = new Set();
    },
  };
}

/** The error for a secret that cannot be used. It names the command or the permission that fixes it. */
function credentialError(
  error: unknown,
  { secretId, owner, fix }: Pick<SecretKeyOptions, 'secretId' | 'owner'> & { fix: string },
): CredentialError {
  const secret = `The secret ${secretId} with the ${OWNERS[owner].key}`;
  if (error instanceof SecretProblem)
    return new CredentialError(error.code, `${secret} ${error.message}.`, fix);
  const { kind, name, text } = awsFailure(error);
  if (kind === 'missing') {
    // "can't find the specified secret value" is a secret without a value, "... secret." no secret at all.
    if (text.includes('secret value')) {
      return new CredentialError('secret-empty', `${secret} is empty.`, fix);
    }
    return new CredentialError(
      'secret-missing',
      `${secret} does not exist in this account and region.`,
      `Correct its name in the settings or create it (aws secretsmanager create-secret). ${fix}`,
    );
  }
  if (name === 'DecryptionFailure' || /\bkms\b/i.test(text)) {
    return new CredentialError(
      'secret-undecryptable',
      `${secret} cannot be decrypted (${text}).`,
      "Allow kms:Decrypt on the secret's key to the role of the function, and check that the key is enabled.",
    );
  }
  if (kind === 'denied') {
    return new CredentialError(
      'secret-denied',
      `Access to the secret ${secretId} was denied (${text}).`,
      'Allow secretsmanager:GetSecretValue on it to the role of the function.',
    );
  }
  if (name === 'InvalidRequestException' && text.includes('deletion')) {
    return new CredentialError(
      'secret-deleted',
      `${secret} is marked for deletion.`,
      `Restore it: aws secretsmanager restore-secret --secret-id ${shellWord(secretId)}`,
    );
  }
  return new CredentialError(
    'secret-unreachable',
    `Secrets Manager did not return the secret ${secretId} (${text}).`,
    'Nothing is lost; the next run continues. If it persists, check the AWS region, the network path from the function to Secrets Manager (VPC endpoint) and AWS_ENDPOINT_URL_SECRETS_MANAGER.',
  );
}
