import { CfnMapping, Stack } from 'aws-cdk-lib';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { AWS_PARTITIONS } from '../../../lambda/shared/aws-partitions.ts';

/** Host of the AWS console by partition. */
const CONSOLES = Object.fromEntries(
  Object.entries(AWS_PARTITIONS).map(([name, { console }]) => [name, { host: console }]),
);

/** Addresses in the AWS console of the partition and region that the stack is deployed to. */
export interface ConsoleLinks {
  /** @param logGroup one whose name CloudFormation generated: it contains no slash, which would need encoding */
  log(logGroup: ILogGroup): string;
  dashboard(name: string): string;
}

/** Links that are resolved at deployment, also if the region is not known before. */
export function consoleLinks(scope: Construct): ConsoleLinks {
  const { partition, region } = Stack.of(scope);
  const host = new CfnMapping(scope, 'Consoles', { mapping: CONSOLES, lazy: true }).findInMap(
    partition,
    'host',
  );
  const home = `https://${region}.${host}/cloudwatch/home?region=${region}`;
  return {
    log: ({ logGroupName }) => `${home}#logsV2:log-groups/log-group/${logGroupName}`,
    dashboard: (name) => `${home}#dashboards/dashboard/${name}`,
  };
}
