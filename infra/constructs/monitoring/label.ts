import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Id of the forwarder in a stack of its own. Names do not repeat it, wherever a construct has it. */
export const ONLY_FORWARDER = 'Forwarder';

/** Characters that a name of CloudWatch should not have: dashboards take these alone, and a mail's subject is easier to read. */
const OTHERS = /[^A-Za-z0-9-]+/g;

/**
 * What names of a forwarder begin with: the stack, and the path of the construct within it. The stack's name is unique in account
 * and region, and the path within the stack.
 */
export function labelOf(forwarder: Construct): string {
  const stack = Stack.of(forwarder);
  const ids = forwarder.node.scopes.slice(stack.node.scopes.length).map(({ node }) => node.id);
  const path = ids.join('-') === ONLY_FORWARDER ? [] : ids;
  return [stack.stackName, ...path.map((id) => id.replaceAll(OTHERS, '-'))].join('-');
}
