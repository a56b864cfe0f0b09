import { datadogIdOf } from '../../lambda/content-installer/custom-resource.ts';
import type { AwsClients } from '../ops/aws.ts';
import { resourceListOf } from '../ops/stack.ts';
import type { PlanLine } from './plan.ts';

/** Ids of the objects that a stack has installed. Throws as {@link resourceListOf} does. */
export const installedIds = async (aws: AwsClients, name: string): Promise<string[]> =>
  (await resourceListOf(aws, { name }))
    .filter(({ type }) => type === 'Custom::DatadogContent')
    .map(({ id }) => datadogIdOf(id));

/**
 * Whether the items of a stack are in the organisation that a plan has looked at. They are not if the secrets of the stack have got
 * keys of another organisation, which CloudFormation cannot notice.
 * @param ids of the objects that the stack has installed
 * @param lines of the plan
 */
export function stackText(name: string, ids: readonly string[], lines: readonly PlanLine[]): string {
  if (ids.length === 0) return `The stack ${name} has installed nothing.`;
  const here = new Set(lines.map(({ id }) => id));
  const missing = ids.filter((id) => !here.has(id));
  if (missing.length === 0) return `All ${ids.length} items of the stack ${name} are in this organisation.`;
  return missing.length === ids.length
    ? `None of the ${ids.length} items of the stack ${name} is in this organisation: its keys are of another one. A deployment changes nothing, because no resource changes. To install the content here, delete the stack (npx cdk destroy ${name}) and deploy it again (npx cdk deploy ${name}).`
    : `${missing.length} of the ${ids.length} items of the stack ${name} are not in this organisation, or have lost their mark: ${missing.join(', ')}. A deployment creates an item again when its definition changes.`;
}
