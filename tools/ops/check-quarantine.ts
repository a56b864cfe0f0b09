import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { QUARANTINE_PREFIX, quarantineRoot } from '../../lambda/contract.ts';
import { s3Client } from '../../lambda/shared/aws/clients.ts';
import { type Finding, ok, warn } from '../doctor/finding.ts';
import { type AwsClients, awsCall } from './aws.ts';
import { unlessDenied } from './check-storage.ts';
import type { ForwarderStack } from './stack-outputs.ts';

/** The character after the slash that ends the prefix of a tenant: keys from there on are of later tenants. */
const AFTER_SLASH = '0';

const tenantOf = (key: string): string => key.slice(QUARANTINE_PREFIX.length).split('/')[0] ?? '';

/**
 * Looks for quarantined objects of other tenants, by two lists of at most 1,000 keys: those before the forwarder's own, and those
 * after. A forwarder that had another name leaves its objects there, and no replay finds them.
 */
export const checkOtherTenants = (
  { region }: AwsClients,
  { bucket }: ForwarderStack,
  tenant: string,
): Promise<Finding[]> =>
  unlessDenied('aws.quarantine', async () => {
    const s3 = await s3Client();
    const own = quarantineRoot(tenant);
    const starts = [undefined, `${own.slice(0, -1)}${AFTER_SLASH}`];
    const pages = await Promise.all(
      starts.map((StartAfter) =>
        awsCall(
          s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: QUARANTINE_PREFIX, StartAfter })),
          {
            doing: 'listing the quarantine',
            permission: 's3:ListBucket',
            region,
          },
        ),
      ),
    );
    const found = pages.map(({ Contents = [] }) => Contents.flatMap(({ Key = '' }) => Key));
    const keys = new Set(found.flat().filter((key) => !key.startsWith(own)));
    if (keys.size === 0) return ok('aws.quarantine', `holds objects of ${tenant} alone`);
    const isCut = pages.some(
      ({ IsTruncated }, index) => IsTruncated && !found[index]?.at(-1)?.startsWith(own),
    );
    const tenants = [...new Set([...keys].map(tenantOf))].sort();
    return warn(
      'aws.quarantine',
      `${isCut ? 'at least ' : ''}${keys.size} quarantined ${keys.size === 1 ? 'object' : 'objects'} of other tenants (${tenants.join(', ')}) in ${bucket}, which a replay of this forwarder leaves alone`,
      'If the forwarder had such a name, replay them under it: "Give the forwarder another name" in docs/upgrade.md. If another forwarder uses the bucket, there is nothing to do.',
    );
  });
