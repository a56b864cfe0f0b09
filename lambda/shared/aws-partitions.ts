/**
 * The partitions of AWS that a forwarder runs in, by their names in ARNs. The isolated ones (`aws-iso` and others) have no way out
 * to Valence and Datadog. Source: AWS General Reference, "AWS service endpoints", and the user guides of the partitions.
 */
export const AWS_PARTITIONS = {
  aws: { suffix: 'amazonaws.com', console: 'console.aws.amazon.com' },
  'aws-cn': { suffix: 'amazonaws.com.cn', console: 'console.amazonaws.cn' },
  'aws-us-gov': { suffix: 'amazonaws.com', console: 'console.amazonaws-us-gov.com' },
  'aws-eusc': { suffix: 'amazonaws.eu', console: 'console.amazonaws-eusc.eu' },
} as const satisfies Record<string, { suffix: string; console: string }>;

export type AwsPartition = keyof typeof AWS_PARTITIONS;

export const isAwsPartition = (name: string): name is AwsPartition => Object.hasOwn(AWS_PARTITIONS, name);

/** What names of regions begin with outside of the partition `aws`. */
const REGIONS = { 'cn-': 'aws-cn', 'us-gov-': 'aws-us-gov', 'eusc-': 'aws-eusc' } as const satisfies Record<
  string,
  AwsPartition
>;

/** The partition of a region, which its name begins with. For the functions, whose bundles do not hold the CDK's list of regions. */
export const partitionOf = (region: string): AwsPartition =>
  Object.entries(REGIONS).find(([beginning]) => region.startsWith(beginning))?.[1] ?? 'aws';

/** What looks like the name of an AWS region, such as eu-west-1, us-gov-west-1 or eusc-de-east-1. */
export const AWS_REGION = /^[a-z]{2,4}(-[a-z]+){1,2}-\d$/;
