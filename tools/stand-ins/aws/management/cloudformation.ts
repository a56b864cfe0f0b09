import type { StandInResponse } from '../../http-server.ts';
import type { DeployedStack } from './account.ts';
import { refuse, result } from './query-protocol.ts';

/** CloudFormation, as far as an operator reads stacks. */

const TIMESTAMP = '2026-01-01T00:00:00Z';

const stackContent = ({ name, status, outputs }: DeployedStack) => ({
  StackName: name,
  StackStatus: status,
  CreationTime: TIMESTAMP,
  Outputs: {
    member: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
  },
});

const resourcesContent = ({ resources }: DeployedStack) => ({
  member: Object.entries(resources).map(([ResourceType, PhysicalResourceId], index) => ({
    LogicalResourceId: `Resource${index}`,
    PhysicalResourceId,
    ResourceType,
    LastUpdatedTimestamp: TIMESTAMP,
    ResourceStatus: 'CREATE_COMPLETE',
  })),
});

const missing = (name: string | null) =>
  refuse(400, 'ValidationError', `Stack with id ${name} does not exist`);

/** All stacks, or the one of a name. */
export function describeStacks(stacks: readonly DeployedStack[], name: string | null): StandInResponse {
  const described = stacks.filter((stack) => name === null || stack.name === name);
  if (name !== null && described.length === 0) return missing(name);
  return result('DescribeStacks', { Stacks: { member: described.map(stackContent) } });
}

export function listStackResources(stacks: readonly DeployedStack[], name: string | null): StandInResponse {
  const stack = stacks.find((candidate) => candidate.name === name);
  if (!stack) return missing(name);
  return result('ListStackResources', { StackResourceSummaries: resourcesContent(stack) });
}
