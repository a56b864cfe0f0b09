import { Annotations } from 'aws-cdk-lib';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

/** A secret that exists, by its name or its complete ARN. */
export const importSecret = (scope: Construct, id: string, nameOrArn: string): ISecret =>
  nameOrArn.startsWith('arn:')
    ? Secret.fromSecretCompleteArn(scope, id, nameOrArn)
    : Secret.fromSecretNameV2(scope, id, nameOrArn);

/** A network that exists, with the subnets to run in. Looking it up would take credentials at synthesis. */
export function importVpc(scope: Construct, vpcId: string, subnetIds: readonly string[] = []): IVpc {
  const vpc = Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId,
    // Nothing asks an imported network for its zones, but it wants as many as subnets.
    availabilityZones: subnetIds.map((_, index) => `zone-${index}`),
    privateSubnetIds: [...subnetIds],
  });
  Annotations.of(vpc).acknowledgeWarning(
    '@aws-cdk/aws-ec2:noSubnetRouteTableId',
    'Nothing here reads or changes the routes of the network.',
  );
  return vpc;
}
