import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { STSClient } from '@aws-sdk/client-sts';
import { loadSharedConfigFiles } from '@smithy/core/config';
import { isLoopback } from '../../lambda/settings/readers.ts';
import { dynamoClient, secretsClient } from '../../lambda/shared/aws/clients.ts';
import { type AwsFailure, awsFailure } from '../../lambda/shared/aws/failure.ts';
import { TLS } from '../../lambda/shared/tls.ts';
import { OpsError } from './ops-error.ts';
import { projectRegion } from './project.ts';

/** Which AWS account and region. The environment and the profile fill in what is left out, as with any AWS tool. */
export interface AwsChoice {
  region?: string | undefined;
  profile?: string | undefined;
}

/** Clients of the AWS services that the commands use. */
export interface AwsClients {
  region: string;
  cloudFormation: CloudFormationClient;
  cloudWatch: CloudWatchClient;
  dynamo: DynamoDBClient;
  kms: KMSClient;
  lambda: LambdaClient;
  logs: CloudWatchLogsClient;
  scheduler: SchedulerClient;
  secrets: SecretsManagerClient;
  sns: SNSClient;
  stepFunctions: SFNClient;
  sts: STSClient;
}

const CONNECTION_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** The longest that a function may run, and 10 seconds for the network. Source: AWS Lambda quotas, "Function timeout". */
const INVOCATION_TIMEOUT_MS = 910_000;

const requestHandler = (requestTimeout: number) => ({
  connectionTimeout: CONNECTION_TIMEOUT_MS,
  requestTimeout,
  socketTimeout: requestTimeout,
  throwOnRequestTimeout: true,
  httpsAgent: TLS,
});

/**
 * @throws {OpsError} `aws-no-profile` when a profile is named that neither of the AWS files has. The SDK itself would only
 * miss a region or credentials.
 */
async function assertProfile(): Promise<void> {
  const profile = process.env['AWS_PROFILE'];
  if (!profile || profile === 'default') return;
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const known = [...new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)])];
  if (known.includes(profile)) return;
  throw new OpsError(
    'aws-no-profile',
    `There is no AWS profile ${profile}.${known.length > 0 ? ` There is ${known.join(', ')}.` : ''}`,
    'Correct --profile (or AWS_PROFILE), or add the profile with: aws configure sso',
  );
}

const NO_REGION = new OpsError(
  'aws-no-region',
  'No AWS region is set.',
  'Name the region of the stack with --region, set AWS_REGION, or set awsRegion in cdk.json and run this in its folder.',
);

/**
 * Connects to AWS. Puts the choice into the environment, where the forwarder's own clients read it. If neither the choice nor the
 * environment has a region, cdk.json says that of the stack.
 * @param stackName the stack that was named, if one was
 * @throws {OpsError} `aws-no-profile`, `aws-no-region` or `project-region`
 */
export async function connectAws({ region, profile }: AwsChoice, stackName?: string): Promise<AwsClients> {
  const chosen = region ?? (process.env['AWS_REGION'] ? undefined : projectRegion(stackName));
  if (chosen !== undefined) process.env['AWS_REGION'] = chosen;
  if (profile !== undefined) process.env['AWS_PROFILE'] = profile;
  await assertProfile();
  const common = { requestHandler: requestHandler(REQUEST_TIMEOUT_MS) };
  const sts = new STSClient(common);
  const found = await sts.config.region().catch(() => {
    throw NO_REGION;
  });
  return {
    region: found,
    sts,
    cloudFormation: new CloudFormationClient(common),
    cloudWatch: new CloudWatchClient(common),
    kms: new KMSClient(common),
    logs: new CloudWatchLogsClient(common),
    scheduler: new SchedulerClient(common),
    sns: new SNSClient(common),
    stepFunctions: new SFNClient(common),
    // A second attempt would invoke the function twice.
    lambda: new LambdaClient({ maxAttempts: 1, requestHandler: requestHandler(INVOCATION_TIMEOUT_MS) }),
    dynamo: dynamoClient(),
    secrets: secretsClient(),
  };
}

/** What names the stack, gives the settings of its function, and gives its secrets, by how the SDK's variables name it. */
const ASKED_FOR_KEYS = ['CLOUDFORMATION', 'LAMBDA', 'SECRETS_MANAGER'];

/**
 * Whether stacks, settings and secrets all come from this machine: with `--local`, or if the environment names an address of this
 * machine for each of these services. If one of them were AWS itself, another program of this machine could get what AWS keeps.
 */
export const isLocalAws = (): boolean =>
  ASKED_FOR_KEYS.every((service) => {
    const endpoint = process.env[`AWS_ENDPOINT_URL_${service}`] ?? process.env['AWS_ENDPOINT_URL'] ?? '';
    return URL.canParse(endpoint) && isLoopback(new URL(endpoint).hostname);
  });

/**
 * Waits for a call to AWS.
 * @param doing what the call does, for the message: `finding the stack`
 * @param permission the permission that the caller needs, such as `cloudformation:DescribeStacks`
 * @throws {OpsError} `aws-...`, with what the user can do
 */
export async function awsCall<T>(
  call: Promise<T>,
  { doing, permission, region }: { doing: string; permission: string; region: string },
): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof OpsError) throw error;
    throw explained(awsFailure(error), doing, permission, region);
  }
}

const EXPIRED = /^ExpiredToken/;
const SIGN_IN =
  'Sign in (aws sso login), name a profile with --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.';

function explained(
  { kind, name, text }: AwsFailure,
  doing: string,
  permission: string,
  region: string,
): OpsError {
  if (name === 'CredentialsProviderError') {
    return new OpsError('aws-no-credentials', `There are no AWS credentials (${text}).`, SIGN_IN);
  }
  if (EXPIRED.test(name)) {
    return new OpsError('aws-credentials-expired', `The AWS credentials have expired (${text}).`, SIGN_IN);
  }
  switch (kind) {
    case 'denied':
      return new OpsError(
        'aws-denied',
        `AWS denied access when ${doing} (${text}).`,
        `Allow ${permission} to the user or role of these credentials, or use other credentials (--profile).`,
      );
    case 'throttled':
      return new OpsError(
        'aws-throttled',
        `AWS throttled the request when ${doing} (${text}).`,
        'Try again in a minute.',
      );
    case 'unreachable':
      return new OpsError(
        'aws-unreachable',
        `AWS did not answer in region ${region} when ${doing} (${text}).`,
        'Check the spelling of the region (--region) and the connection to the internet.',
      );
    default:
      return new OpsError(
        `aws-${kind}`,
        `AWS reported an error when ${doing} (${text}).`,
        'Check that stack, region and account are the right ones.',
      );
  }
}
