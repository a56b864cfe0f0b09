import { datadogIdOf } from '../../lambda/content-installer/custom-resource.ts';
import type { AwsClients } from '../ops/aws.ts';
import { resourceListOf } from '../ops/stack.ts';
import type { PlanLine } from './plan.ts';

/** Ids of the objects that a stack has installed. Throws as {@link resourceListOf} does. */
export const installedIds = async (aws: AwsClients, name: string): Promise<string[]> =>
  (await resourceListOf(aws, { stackName: name }))
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
  if (lines.some(({ action }) => action === 'unseen')) {
    return `Whether the items of the stack ${name} are in this organisation is not known, because Datadog does not list all kinds for these keys.`;
  }
  const here = new Set(lines.map(({ id }) => id));
  const missing = ids.filter((id) => !here.has(id));
  if (missing.length === 0) return `In this organisation: every item of the stack ${name} (${ids.length}).`;
  return missing.length === ids.length
    ? `The stack ${name} has no item in this organisation: its items are in that of the keys it was deployed with. A deployment changes nothing, because no resource changes. To move them here: put the former keys back into the secrets, delete the stack (npx cdk destroy ${name}), store the keys of this organisation, and deploy the stack again (npx cdk deploy ${name}). Without the former keys the deletion finds nothing, and the items stay in the former organisation: delete them there by hand.`
    : `Not in this organisation, or without their mark: ${missing.length} of ${ids.length} items of the stack ${name} (${missing.join(', ')}). A deployment creates an item again when its definition changes.`;
}
