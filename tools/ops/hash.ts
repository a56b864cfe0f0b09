import { readSecret } from '../../lambda/forwarder/aws/table-secret.ts';
import { hashOf } from '../../lambda/forwarder/core/logs/redact/redact.ts';
import type { Output } from '../cli/output.ts';
import type { AwsClients } from './aws.ts';
import { OpsError } from './ops-error.ts';
import type { ForwarderStack } from './stack-outputs.ts';

export interface HashOptions {
  /** What a log held before it was hashed. */
  value: string;
}

/**
 * Prints the hash that logs show in place of a value, so that a search in Datadog finds it.
 * @returns true
 * @throws {OpsError} `no-secret` while the forwarder has hashed nothing; {@link StateError}
 */
export async function hash(
  { dynamo }: AwsClients,
  { name, table }: ForwarderStack,
  { value }: HashOptions,
  output: Output,
): Promise<boolean> {
  const secret = await readSecret({ client: dynamo, table });
  if (!secret) {
    throw new OpsError(
      'no-secret',
      `The table ${table} has no secret yet, so no log holds a hash.`,
      'The first run with the setting redact creates it. Wait for that run, and try again.',
    );
  }
  const digest = hashOf(secret, value);
  output.result({ stack: name, hash: digest }, digest);
  return true;
}
