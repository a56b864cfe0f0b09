import { Validations } from 'aws-cdk-lib';
import {
  type ISecurityGroup,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

const HTTPS_PORT = 443;

/** The network of a function, as the library takes it. */
export interface FunctionNetwork {
  /** The network; none for Lambda's own. */
  readonly vpc?: IVpc | undefined;
  /** Subnets of the network; its private ones by default. */
  readonly vpcSubnets?: SubnetSelection | undefined;
  /**
   * Security groups in the network.
   * @default a new one that lets out HTTPS and connections to the proxy, and nothing in
   */
  readonly securityGroups?: readonly ISecurityGroup[] | undefined;
  /** Proxy whose port a new security group lets out. */
  readonly httpsProxy?: string | undefined;
}

/** What a function is given to run in a network; nothing when there is none. */
export function inNetwork(scope: Construct, description: string, network: FunctionNetwork) {
  const { vpc, vpcSubnets, securityGroups, httpsProxy } = network;
  if (!vpc) return {};
  // For an empty list the library would create a group that allows all outgoing traffic.
  const groups = securityGroups?.length
    ? [...securityGroups]
    : [outwardOnly(scope, description, vpc, httpsProxy)];
  return { vpc, ...(vpcSubnets && { vpcSubnets }), securityGroups: groups };
}

/** Says why the role of a function in a network may do what connecting it takes. */
export function acknowledgeNetwork(role: IRole): void {
  const reason =
    'Lambda connects functions to a network in the name of their role, and EC2 takes no narrower resource.';
  Validations.of(role).acknowledge(
    { id: 'AwsSolutions-IAM5[Resource::*]', reason },
    { id: 'Serverless-LambdaStarPermissions', reason },
  );
}

function outwardOnly(scope: Construct, description: string, vpc: IVpc, httpsProxy: string | undefined) {
  const group = new SecurityGroup(scope, 'SecurityGroup', { vpc, description, allowAllOutbound: false });
  group.addEgressRule(Peer.anyIpv4(), Port.tcp(HTTPS_PORT), 'Valence, Datadog and AWS');
  const proxyPort = httpsProxy === undefined ? HTTPS_PORT : portOf(httpsProxy);
  if (proxyPort !== HTTPS_PORT) group.addEgressRule(Peer.anyIpv4(), Port.tcp(proxyPort), 'The proxy');
  return group;
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return Number(port) || (protocol === 'https:' ? HTTPS_PORT : 80);
}
