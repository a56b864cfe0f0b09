import {
  DescribeStacksCommand,
  paginateListStackResources,
  type ResourceStatus,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { STACK_OUTPUTS } from '../../lambda/contract.ts';
import { type Config, readConfig } from '../../lambda/forwarder/config.ts';
import { awsFailure } from '../../lambda/shared/aws/failure.ts';
import { type AwsClients, awsCall } from './aws.ts';
import { OpsError } from './ops-error.ts';
import { projectStacks } from './project.ts';

/** Outputs that every forwarder's stack has. */
const REQUIRED_OUTPUTS = [
  STACK_OUTPUTS.functionName,
  STACK_OUTPUTS.stateTable,
  STACK_OUTPUTS.quarantineBucket,
  STACK_OUTPUTS.logGroup,
] as const;

/** A deployed forwarder. */
export interface ForwarderStack {
  name: string;
  /** Number of the AWS account that it is in. */
  account: string | undefined;
  /** CloudFormation's status, such as `UPDATE_COMPLETE`. */
  status: string;
  functionName: string;
  table: string;
  bucket: string;
  logGroup: string;
  /** ARN of the state machine that backfills; absent in stacks of a version without it. */
  backfill: string | undefined;
  /** Version that was deployed; absent in stacks of a version without the output. */
  version: string | undefined;
  /** The keys that the function may use, as the outputs say; each absent unless the settings name what it is about. */
  keys: {
    /** For an existing table; {@link NO_KEY} if none. */
    table: string | undefined;
    /** For an existing bucket; {@link NO_KEY} if none. */
    bucket: string | undefined;
    /** The setting `existingDataKmsKeyArn`. */
    setting: string | undefined;
  };
}

/** The configuration of the deployed function. */
export interface DeployedFunction {
  config: Config;
  environment: Readonly<Record<string, string>>;
  /** As Lambda reports it: `Active` and `Successful` if nothing is wrong. */
  state: string;
  lastUpdate: string;
  timeoutSeconds: number;
  memoryMiB: number;
}

/** The version of a stack in a sentence, `version 1.2.3`. */
export const versionInWords = (version: string | undefined): string =>
  version === undefined ? 'an earlier version, which the stack does not name' : `version ${version}`;

/** The number of the account in an ARN. */
export const accountIn = (arn: string | undefined): string | undefined => arn?.split(':')[4];

function forwarderOf({
  StackName = '',
  StackId,
  StackStatus,
  Outputs = [],
}: Stack): ForwarderStack | undefined {
  const outputs = new Map(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  const [functionName, table, bucket, logGroup] = REQUIRED_OUTPUTS.map((key) => outputs.get(key));
  if (!functionName || !table || !bucket || !logGroup) return undefined;
  const backfill = outputs.get(STACK_OUTPUTS.backfillStateMachine);
  return {
    name: StackName,
    account: accountIn(StackId),
    status: StackStatus ?? 'unknown',
    functionName,
    table,
    bucket,
    logGroup,
    backfill,
    version: outputs.get(STACK_OUTPUTS.version),
    keys: {
      table: outputs.get(STACK_OUTPUTS.existingTableKey),
      bucket: outputs.get(STACK_OUTPUTS.existingBucketKey),
      setting: outputs.get(STACK_OUTPUTS.existingDataKey),
    },
  };
}

/** Every stack, or those of one name; an unknown name gives none. */
async function describeStacks({ cloudFormation, region }: AwsClients, name?: string): Promise<Stack[]> {
  const stacks: Stack[] = [];
  let token: string | undefined;
  do {
    const command: DescribeStacksCommand = new DescribeStacksCommand({ StackName: name, NextToken: token });
    const { Stacks = [], NextToken } = await awsCall(
      cloudFormation.send(command).catch((error: unknown) => {
        const { name: code, text } = awsFailure(error);
        if (code === 'ValidationError' && text.includes('does not exist'))
          return { Stacks: [], NextToken: undefined };
        throw error;
      }),
      {
        doing: name === undefined ? 'listing all stacks' : `finding the stack ${name}`,
        permission: 'cloudformation:DescribeStacks',
        region,
      },
    );
    stacks.push(...Stacks);
    token = NextToken;
  } while (token);
  return stacks;
}

const forwardersIn = (stacks: readonly Stack[]): ForwarderStack[] =>
  stacks.flatMap((stack) => forwarderOf(stack) ?? []);

/** All stacks; if these credentials may not see all of them, those that cdk.json names, or the one of the usual name. */
async function describeVisibleStacks(aws: AwsClients): Promise<Stack[]> {
  try {
    return await describeStacks(aws);
  } catch (error) {
    if (!(error instanceof OpsError) || error.code !== 'aws-denied') throw error;
    const own = projectStacks().map(({ name }) => describeStacks(aws, name).catch(() => []));
    const usual = (await Promise.all(own)).flat();
    if (usual.length > 0) return usual;
    throw new OpsError(error.code, error.message, `Name the stack with --stack. ${error.fix}`);
  }
}

/**
 * The forwarders of the region, or the one that was named.
 * @throws {OpsError} `stack-not-found` or `stack-not-a-forwarder`
 */
export async function findForwarders(aws: AwsClients, name?: string): Promise<ForwarderStack[]> {
  const described = await (name === undefined ? describeVisibleStacks(aws) : describeStacks(aws, name));
  const forwarders = forwardersIn(described);
  if (forwarders.length > 0) return forwarders;
  if (name === undefined) {
    throw new OpsError(
      'stack-not-found',
      `There is no forwarder in region ${aws.region} of this account.`,
      'Give the region it was deployed to with --region or another account with --profile, or deploy it (npx cdk deploy --all).',
    );
  }
  const [stack] = described;
  if (stack) {
    throw new OpsError(
      'stack-not-a-forwarder',
      `The stack ${name} (${stack.StackStatus}) does not have the outputs of a forwarder.`,
      'Wait for its deployment, or see "First deployment failed" in docs/runbook.md when it has failed.',
    );
  }
  const others = forwardersIn(await describeVisibleStacks(aws).catch(() => [])).map((other) => other.name);
  const there =
    others.length === 0
      ? 'There is no forwarder.'
      : `There ${others.length === 1 ? 'is' : 'are'} ${others.join(', ')}.`;
  throw new OpsError(
    'stack-not-found',
    `There is no stack ${name} in region ${aws.region} of this account. ${there}`,
    'Correct --stack, or give another region with --region or another account with --profile.',
  );
}

/** The stacks of the tenants in cdk.json, in a sentence. */
function tenantsText(): string {
  const stacks = projectStacks().filter(({ tenant }) => tenant !== undefined);
  if (stacks.length === 0) return '';
  const shown = stacks.map(
    ({ name, tenant, region }) => `${name} (${[tenant, region].filter(Boolean).join(', ')})`,
  );
  return ` The tenants in cdk.json have ${shown.join(', ')}.`;
}

/**
 * The one forwarder that a command works on: the named one, or the only one. No name is preferred: anyone who may create a stack
 * could give it that name and the outputs of a forwarder.
 * @throws {OpsError} as {@link findForwarders} does, and `stack-ambiguous`
 */
export async function findForwarder(aws: AwsClients, name?: string): Promise<ForwarderStack> {
  const stacks = await findForwarders(aws, name);
  const [only, ...others] = stacks;
  if (only && others.length === 0) return only;
  throw new OpsError(
    'stack-ambiguous',
    `There are several forwarders in region ${aws.region}: ${stacks.map((stack) => stack.name).join(', ')}.`,
    `Name yours with --stack.${tenantsText()}`,
  );
}

/**
 * The configuration of a stack's function.
 * @throws {OpsError} when Lambda does not answer; {@link ConfigError} when this version cannot read the environment
 */
export async function readFunction(
  { lambda, region }: AwsClients,
  { functionName }: ForwarderStack,
): Promise<DeployedFunction> {
  const answer = await awsCall(
    lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName })),
    {
      doing: 'reading the configuration of the function',
      permission: 'lambda:GetFunctionConfiguration',
      region,
    },
  );
  const environment = answer.Environment?.Variables ?? {};
  return {
    environment,
    config: readConfig(environment),
    state: answer.State ?? 'unknown',
    lastUpdate: answer.LastUpdateStatus ?? 'unknown',
    timeoutSeconds: answer.Timeout ?? 0,
    memoryMiB: answer.MemorySize ?? 0,
  };
}

/** A resource of a stack. */
export interface StackResource {
  /** Such as `AWS::Scheduler::Schedule`. */
  type: string;
  /** Physical id. */
  id: string;
}

/**
 * The statuses of resources that the stack has. One whose creation or import failed can carry the physical id of a resource that
 * belongs to someone else, which is often why it failed. Source: `ResourceStatus` of CloudFormation's StackResourceSummary.
 */
const HELD: ReadonlySet<string> = new Set<ResourceStatus>([
  'CREATE_COMPLETE',
  'IMPORT_COMPLETE',
  'UPDATE_IN_PROGRESS',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE',
]);

/**
 * The resources that a stack has; what it failed to create is none of them.
 * @throws {OpsError}
 */
export async function resourceListOf(
  { cloudFormation, region }: AwsClients,
  { name }: Pick<ForwarderStack, 'name'>,
): Promise<StackResource[]> {
  const resources: StackResource[] = [];
  const read = async () => {
    for await (const { StackResourceSummaries = [] } of paginateListStackResources(
      { client: cloudFormation },
      { StackName: name },
    )) {
      for (const {
        ResourceType: type,
        PhysicalResourceId: id,
        ResourceStatus: status,
      } of StackResourceSummaries) {
        if (type && id && status && HELD.has(status)) resources.push({ type, id });
      }
    }
  };
  await awsCall(read(), {
    doing: 'listing the resources of the stack',
    permission: 'cloudformation:ListStackResources',
    region,
  });
  return resources;
}

/**
 * Physical ids of the resources of a stack by type, of which the stack has one each.
 * @throws {OpsError}
 */
export const resourcesOf = async (
  aws: AwsClients,
  stack: ForwarderStack,
): Promise<ReadonlyMap<string, string>> =>
  new Map((await resourceListOf(aws, stack)).map(({ type, id }) => [type, id]));
