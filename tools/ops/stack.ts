import {
  DescribeStacksCommand,
  paginateListStackResources,
  type ResourceStatus,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { type Config, readConfig } from '../../lambda/forwarder/config.ts';
import { awsFailure } from '../../lambda/shared/aws/failure.ts';
import { type AwsClients, awsCall } from './aws.ts';
import { OpsError } from './ops-error.ts';
import { projectStacks } from './project.ts';
import { type ForwarderStack, forwardersOf } from './stack-outputs.ts';

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

const forwardersIn = (stacks: readonly Stack[]): ForwarderStack[] => stacks.flatMap(forwardersOf);

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
 * The forwarders of the region, those of a stack, or the one that was named.
 * @param name a stack, or one of its forwarders as in `Security/North`
 * @throws {OpsError} `stack-not-found` or `stack-not-a-forwarder`
 */
export async function findForwarders(aws: AwsClients, name?: string): Promise<ForwarderStack[]> {
  if (name === undefined) {
    const forwarders = forwardersIn(await describeVisibleStacks(aws));
    if (forwarders.length > 0) return forwarders;
    throw new OpsError(
      'stack-not-found',
      `There is no forwarder in region ${aws.region} of this account.`,
      'Give the region it was deployed to with --region or another account with --profile, or deploy it (npx cdk deploy --all).',
    );
  }
  const [stackName = '', prefix] = name.split('/');
  const described = await describeStacks(aws, stackName);
  const forwarders = forwardersIn(described);
  const exact = forwarders.filter((each) => each.name === name || each.prefix === prefix);
  if (exact.length > 0) return exact;
  if (forwarders.length > 0 && prefix === undefined) return forwarders;
  const [stack] = described;
  if (stack && forwarders.length === 0) {
    throw new OpsError(
      'stack-not-a-forwarder',
      `The stack ${stackName} (${stack.StackStatus}) does not have the outputs of a forwarder.`,
      'Wait for its deployment, or see "First deployment failed" in docs/runbook.md when it has failed.',
    );
  }
  const others = stack ? forwarders : forwardersIn(await describeVisibleStacks(aws).catch(() => []));
  const names = others.map((other) => other.name);
  const there =
    names.length === 0
      ? 'There is no forwarder.'
      : `There ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}.`;
  throw new OpsError(
    'stack-not-found',
    stack
      ? `The stack ${stackName} has no forwarder ${prefix}. ${there}`
      : `There is no stack ${stackName} in region ${aws.region} of this account. ${there}`,
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
  { stackName }: Pick<ForwarderStack, 'stackName'>,
): Promise<StackResource[]> {
  const resources: StackResource[] = [];
  const read = async () => {
    for await (const { StackResourceSummaries = [] } of paginateListStackResources(
      { client: cloudFormation },
      { StackName: stackName },
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
