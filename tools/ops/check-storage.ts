import { DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { GetBucketPolicyCommand, GetBucketVersioningCommand } from '@aws-sdk/client-s3';
import { s3Client } from '../../lambda/shared/aws/clients.ts';
import { awsFailure } from '../../lambda/shared/aws/failure.ts';
import { shellWord } from '../../lambda/shared/shell.ts';
import { type Finding, ok, warn } from '../doctor/finding.ts';
import { type AwsClients, awsCall } from './aws.ts';
import { OpsError } from './ops-error.ts';
import type { ForwarderStack } from './stack-outputs.ts';

/** Checks of how table and bucket are set up: those that existed before the stack are as another left them. */

/** The attribute of an item of the state table that holds when it may go. */
const EXPIRY = 'expiresAt';

/** Who may not read something learns that it was not checked. */
export async function unlessDenied(
  name: string,
  work: () => Promise<Finding | Finding[]>,
): Promise<Finding[]> {
  try {
    return [await work()].flat();
  } catch (error) {
    if (!(error instanceof OpsError) || error.code !== 'aws-denied') throw error;
    return [warn(name, `not checked: ${error.message}`, error.fix)];
  }
}

/** Checks that DynamoDB deletes the items that have expired. */
export const checkTable = ({ dynamo, region }: AwsClients, { table }: ForwarderStack): Promise<Finding[]> =>
  unlessDenied('aws.table', async () => {
    const { TimeToLiveDescription: ttl } = await awsCall(
      dynamo.send(new DescribeTimeToLiveCommand({ TableName: table })),
      { doing: 'reading the time to live of the table', permission: 'dynamodb:DescribeTimeToLive', region },
    );
    const isOn = ttl?.TimeToLiveStatus === 'ENABLED' || ttl?.TimeToLiveStatus === 'ENABLING';
    if (isOn && ttl.AttributeName === EXPIRY) return ok('aws.table', `${table} deletes what has expired`);
    return warn(
      'aws.table',
      `${table} keeps the ledger for ever: its time to live is not by ${EXPIRY}`,
      `aws dynamodb update-time-to-live --region ${region} --table-name ${shellWord(table)} --time-to-live-specification Enabled=true,AttributeName=${EXPIRY}`,
    );
  });

interface Policy {
  Statement?: Statement | Statement[];
}

interface Statement {
  Effect?: string;
  Condition?: { Bool?: Readonly<Record<string, string | boolean | string[]>> };
}

/** Whether a policy has a statement that refuses requests without TLS. */
function refusesClearText(policy: string): boolean {
  const { Statement = [] } = JSON.parse(policy) as Policy;
  return [Statement].flat().some(({ Effect, Condition }) => {
    const isSecure = [Condition?.Bool?.['aws:SecureTransport']].flat();
    return Effect === 'Deny' && isSecure.join() === 'false';
  });
}

/** Checks that the bucket keeps former versions and refuses requests without TLS. S3 encrypts every object by itself. */
export const checkBucket = ({ region }: AwsClients, { bucket }: ForwarderStack): Promise<Finding[]> =>
  unlessDenied('aws.bucket', async () => {
    const s3 = await s3Client();
    const [{ Status }, { Policy = '{}' }] = await Promise.all([
      awsCall(s3.send(new GetBucketVersioningCommand({ Bucket: bucket })), {
        doing: 'reading the versioning of the bucket',
        permission: 's3:GetBucketVersioning',
        region,
      }),
      awsCall(
        s3.send(new GetBucketPolicyCommand({ Bucket: bucket })).catch((error: unknown) => {
          if (awsFailure(error).name === 'NoSuchBucketPolicy') return { Policy: '{}' };
          throw error;
        }),
        { doing: 'reading the policy of the bucket', permission: 's3:GetBucketPolicy', region },
      ),
    ]);
    const wrong = [
      ...(Status === 'Enabled'
        ? []
        : [
            warn(
              'aws.bucket',
              `${bucket} keeps no former versions, so that nothing that is replaced or deleted can be restored`,
              `aws s3api put-bucket-versioning --bucket ${shellWord(bucket)} --versioning-configuration Status=Enabled`,
            ),
          ]),
      ...(refusesClearText(Policy)
        ? []
        : [
            warn(
              'aws.bucket',
              `${bucket} has no policy that refuses requests without TLS`,
              'Put one: "Delete and deploy again" in docs/upgrade.md has it.',
            ),
          ]),
    ];
    return wrong.length > 0 ? wrong : [ok('aws.bucket', `${bucket} keeps former versions and demands TLS`)];
  });
