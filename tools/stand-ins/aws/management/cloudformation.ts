import type { StandInResponse } from '../../http-server.ts';
import { type DeployedAlarm, type DeployedStack, REGION_ACCOUNT } from './account.ts';
import { refuse, result } from './query-protocol.ts';

/** CloudFormation, as far as an operator reads stacks. */

const TIMESTAMP = '2026-01-01T00:00:00Z';

const stackContent = ({ name, status, outputs }: DeployedStack) => ({
  StackName: name,
  StackId: `arn:aws:cloudformation:${REGION_ACCOUNT.region}:${REGION_ACCOUNT.account}:stack/${name}/00000000-0000-4000-8000-000000000000`,
  StackStatus: status,
  CreationTime: TIMESTAMP,
  Outputs: {
    member: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
  },
});

type Resource = readonly [type: string, id: string, status: 'CREATE_COMPLETE' | 'CREATE_FAILED'];

const resourcesContent = (resources: readonly Resource[]) => ({
  member: resources.map(([ResourceType, PhysicalResourceId, ResourceStatus], index) => ({
    LogicalResourceId: `Resource${index}`,
    PhysicalResourceId,
    ResourceType,
    LastUpdatedTimestamp: TIMESTAMP,
    ResourceStatus,
  })),
});

const withStatus = (resources: DeployedStack['resources'], status: Resource[2]): Resource[] =>
  Object.entries(resources).flatMap(([type, ids]) => [ids].flat().map((id) => [type, id, status] as const));

const missing = (name: string | null) =>
  refuse(400, 'ValidationError', `Stack with id ${name} does not exist`);

/** All stacks, or the one of a name. */
export function describeStacks(stacks: readonly DeployedStack[], name: string | null): StandInResponse {
  const described = stacks.filter((stack) => name === null || stack.name === name);
  if (name !== null && described.length === 0) return missing(name);
  return result('DescribeStacks', { Stacks: { member: described.map(stackContent) } });
}

/** The name of the stack that an alarm belongs to. */
const stackOf = ({ name }: DeployedAlarm, stacks: readonly DeployedStack[]): string | undefined =>
  stacks
    .map((stack) => stack.name)
    .filter((stack) => name.startsWith(`${stack}-`))
    .sort((a, b) => b.length - a.length)[0];

const alarmType = ({ isComposite }: DeployedAlarm): string =>
  isComposite ? 'AWS::CloudWatch::CompositeAlarm' : 'AWS::CloudWatch::Alarm';

/** The resources of a stack, its alarms included. */
export function listStackResources(
  { stacks, alarms }: { stacks: readonly DeployedStack[]; alarms: readonly DeployedAlarm[] },
  name: string | null,
): StandInResponse {
  const stack = stacks.find((candidate) => candidate.name === name);
  if (!stack) return missing(name);
  const own = alarms
    .filter((alarm) => stackOf(alarm, stacks) === stack.name)
    .map((alarm) => [alarmType(alarm), alarm.name, 'CREATE_COMPLETE'] as const);
  const others = [
    ...withStatus(stack.resources, 'CREATE_COMPLETE'),
    ...withStatus(stack.failed ?? {}, 'CREATE_FAILED'),
  ];
  return result('ListStackResources', {
    StackResourceSummaries: resourcesContent([...others, ...own]),
  });
}
