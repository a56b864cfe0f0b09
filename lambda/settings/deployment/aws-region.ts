import { RegionInfo } from 'aws-cdk-lib/region-info';
import { AWS_PARTITIONS, isAwsPartition } from '../../shared/aws-partitions.ts';
import { plainText, without } from '../readers.ts';

/** Regions that the library knows, of all partitions. */
const KNOWN: ReadonlyMap<string, string | undefined> = new Map(
  RegionInfo.regions.map(({ name, partition }) => [name, partition]),
);

/** The partition of a region that the library knows. */
export const knownPartitionOf = (region: string): string | undefined => KNOWN.get(region);

/** What is wrong with a partition, named by itself or by one of its regions. */
export const partitionProblem = (name: string): string | undefined =>
  isAwsPartition(name)
    ? undefined
    : `is in the AWS partition ${name}, and the forwarder runs in ${Object.keys(AWS_PARTITIONS).join(', ')}`;

/** What is wrong with the name of an AWS region; undefined if the forwarder can run there. */
export function regionProblem(region: string): string | undefined {
  const partition = knownPartitionOf(region);
  return partition === undefined ? 'is not an AWS region' : partitionProblem(partition);
}

/** An AWS region that the library knows, in a partition that is supported. */
export const awsRegion = () => plainText().check(without(regionProblem));
