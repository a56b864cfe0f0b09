import { shellWord } from '../../lambda/shared/shell.ts';
import type { AwsClients } from './aws.ts';
import { OpsError } from './ops-error.ts';
import { findForwarder, resourceListOf } from './stack.ts';
import type { ForwarderStack } from './stack-outputs.ts';

/**
 * What belongs to a stack. Outputs and settings of a function may name anything, and whoever may create a stack chooses them; the list
 * of its resources is CloudFormation's own. What existed before the stack is in no such list, so the operator names it.
 */

/** Which forwarder a command works on. */
export interface StackChoice {
  /** Name of the stack; undefined for the only forwarder of the region. */
  stackName: string | undefined;
  /** Physical ids of tables, buckets and secrets that existed before the stack. */
  existing: readonly string[];
}

/** What CloudFormation calls the resources of a forwarder. */
export const RESOURCE_TYPES = {
  function: 'AWS::Lambda::Function',
  'state machine': 'AWS::StepFunctions::StateMachine',
  table: 'AWS::DynamoDB::GlobalTable',
  bucket: 'AWS::S3::Bucket',
  secret: 'AWS::SecretsManager::Secret',
} as const;

/** Something that a stack or the settings of its function name. */
export interface NamedResource {
  kind: keyof typeof RESOURCE_TYPES;
  id: string;
}

/** Those that existed before a stack can be named by the operator. */
const CAN_EXIST_BEFORE: ReadonlySet<NamedResource['kind']> = new Set(['table', 'bucket', 'secret']);

/**
 * Which of some resources neither belong to a stack nor were named by the operator.
 * @throws {OpsError} when the resources of the stack cannot be listed
 */
export async function foreignTo(
  aws: AwsClients,
  stack: Pick<ForwarderStack, 'stackName'>,
  named: readonly NamedResource[],
  existing: readonly string[],
): Promise<NamedResource[]> {
  const own = await resourceListOf(aws, stack);
  return named.filter(
    ({ kind, id }) =>
      !own.some((resource) => resource.type === RESOURCE_TYPES[kind] && resource.id === id) &&
      !(CAN_EXIST_BEFORE.has(kind) && existing.includes(id)),
  );
}

/** How to allow the use of resources, for a finding or an error. */
export function allowExisting(resources: readonly NamedResource[]): string {
  const options = resources.map(({ id }) => `--existing ${shellWord(id)}`).join(' ');
  return `If this existed before the stack and you have set it, add ${options}`;
}

/**
 * The one forwarder that a command works on, whose function, state machine, table and bucket belong to it or were named.
 * @throws {OpsError} as `findForwarder` and {@link foreignTo} do, and `stack-foreign-resource`
 */
export async function findOwnForwarder(
  aws: AwsClients,
  { stackName, existing }: StackChoice,
): Promise<ForwarderStack> {
  const stack = await findForwarder(aws, stackName);
  const { functionName, table, bucket, backfill } = stack;
  const named: NamedResource[] = [
    { kind: 'function', id: functionName },
    { kind: 'table', id: table },
    { kind: 'bucket', id: bucket },
    ...(backfill === undefined ? [] : [{ kind: 'state machine' as const, id: backfill }]),
  ];
  const foreign = await foreignTo(aws, stack, named, existing);
  if (foreign.length === 0) return stack;
  const isAllowable = foreign.every(({ kind }) => CAN_EXIST_BEFORE.has(kind));
  throw new OpsError(
    'stack-foreign-resource',
    `The outputs of the stack ${stack.name} name what is none of its resources: ${foreign.map(({ kind, id }) => `the ${kind} ${id}`).join(', ')}.`,
    isAllowable
      ? `${allowExisting(foreign)}.`
      : 'Check who created this stack. If it is yours, deploy it again (npx cdk deploy --all).',
  );
}
