import { Stack, Token } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IConstruct } from 'constructs';

/** A forwarder, and what no other may share with it. */
interface Forwarder extends IConstruct {
  readonly tenant: string;
  readonly state: { readonly table: ITableV2 };
}

export interface Clashes {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Tables that are imported by one name in two stacks are the same table if the stacks are in the same place. */
const isSameTable = (one: ITableV2, other: ITableV2): boolean =>
  one.tableName === other.tableName &&
  one.env.account === other.env.account &&
  one.env.region === other.env.region;

/** Whether two constructs are deployed to the same account and region; undefined if only the deployment decides. */
function isSamePlace(one: IConstruct, other: IConstruct): boolean | undefined {
  const [own, others] = [Stack.of(one), Stack.of(other)];
  if (own === others) return true;
  const pairs = [
    [own.account, others.account],
    [own.region, others.region],
  ] as const;
  const areKnown = pairs.map((pair) => !pair.some((name) => Token.isUnresolved(name)));
  if (pairs.some(([name, other], index) => areKnown[index] && name !== other)) return false;
  return areKnown.every(Boolean) ? true : undefined;
}

const ONE_METRIC =
  "Metrics carry the tenant alone, so that each forwarder's alarms would also watch the other: give each a tenant of its own.";

/**
 * What a forwarder shares with others of its app, although it must not: the state table, or tenant and region.
 * @param others the forwarders that the app has already
 */
export function clashesOf(forwarder: Forwarder, others: readonly Forwarder[]): Clashes {
  const { tenant, state } = forwarder;
  const namesakes = others
    .filter((other) => other.tenant === tenant)
    .map((other) => ({ path: other.node.path, isHere: isSamePlace(forwarder, other) }));
  return {
    problems: [
      ...others
        .filter((other) => isSameTable(state.table, other.state.table))
        .map(
          ({ node }) =>
            `stateTable (existingStateTable): ${node.path} has the same table, and the two would take each other's leases and watermarks. Give each forwarder its own.`,
        ),
      ...namesakes
        .filter(({ isHere }) => isHere)
        .map(({ path }) => `tenant = "${tenant}": ${path} has the same, in the same region. ${ONE_METRIC}`),
    ],
    warnings: namesakes
      .filter(({ isHere }) => isHere === undefined)
      .map(
        ({ path }) =>
          `tenant = "${tenant}": ${path} has the same. If both are deployed to one account and region, they clash. ${ONE_METRIC} Or give both stacks an env, which says that they are apart.`,
      ),
  };
}
