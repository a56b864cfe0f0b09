import { type QuarantineBucket, s3Quarantine } from '../../lambda/forwarder/aws/quarantine-bucket.ts';
import { freshSecret, readSecret } from '../../lambda/forwarder/aws/table-secret.ts';
import type { AwsClients } from './aws.ts';
import type { ForwarderStack } from './stack-outputs.ts';

/** The quarantine of a forwarder, read with the credentials of the operator. */
export const quarantineOf = (
  { dynamo }: Pick<AwsClients, 'dynamo'>,
  { bucket, table }: ForwarderStack,
  tenant: string,
): QuarantineBucket =>
  s3Quarantine({
    bucket,
    tenant,
    // Without a secret in the table, no signature is valid.
    secret: async () => (await readSecret({ client: dynamo, table })) ?? freshSecret(),
  });
