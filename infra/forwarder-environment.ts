import { type Duration, Token } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Definition } from '../lambda/settings/definition.ts';
import { writeEnvironment } from '../lambda/settings/environment.ts';
import { functionSettings } from '../lambda/settings/function-settings.ts';
import { secretIdOf } from './constructs/permissions.ts';
import type { ForwarderSettings } from './forwarder-props.ts';

/** What the function works with. */
export interface ForwarderResources {
  /** The longest time between two scheduled runs. */
  readonly interval: Duration;
  readonly table: ITableV2;
  readonly bucket: IBucket;
  readonly valenceSecret: ISecret;
  readonly datadogSecret: ISecret;
  readonly proxySecret: ISecret | undefined;
}

/** A prop in the base unit of its definition. */
const inBaseUnit = ({ value: { unit } }: Definition, prop: unknown) =>
  unit ? (prop as Duration | undefined)?.toSeconds() : prop;

/** The function's environment variables. What is not set is left out: the function knows the default. */
export function forwarderEnvironment(
  settings: ForwarderSettings,
  { interval, table, bucket, valenceSecret, datadogSecret, proxySecret }: ForwarderResources,
): Record<string, string> {
  const props: Readonly<Record<string, unknown>> = { ...settings };
  return writeEnvironment({
    ...Object.fromEntries(
      Object.entries<Definition>(functionSettings).map(([key, each]) => [key, inBaseUnit(each, props[key])]),
    ),
    interval: interval.toSeconds(),
    valenceSecretId: secretIdOf(valenceSecret),
    datadogSecretId: secretIdOf(datadogSecret),
    proxySecretId: proxySecret && secretIdOf(proxySecret),
    stateTable: table.tableName,
    quarantineBucket: bucket.bucketName,
  });
}

/** Names and values together. Source: AWS Lambda quotas, "Environment variables". */
const MAX_ENVIRONMENT_BYTES = 4096;

/** What is left for other variables of the function, such as NODE_OPTIONS. */
const RESERVED_BYTES = 100;

/** Room for a value that is known at deployment only: names and ARNs. */
const UNRESOLVED_BYTES = 180;

const bytesOf = ([name, value]: [string, string]): number =>
  Buffer.byteLength(name) + (Token.isUnresolved(value) ? UNRESOLVED_BYTES : Buffer.byteLength(value));

/** @returns what to shorten, when Lambda would refuse so large an environment at deployment */
export function environmentProblems(environment: Readonly<Record<string, string>>): string[] {
  const sizes = Object.entries(environment)
    .map((variable) => ({ name: variable[0], bytes: bytesOf(variable) }))
    .sort((a, b) => b.bytes - a.bytes);
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, RESERVED_BYTES);
  if (total <= MAX_ENVIRONMENT_BYTES) return [];
  const largest = sizes.slice(0, 3).map(({ name, bytes }) => `${name} (${bytes})`);
  return [
    `environment: takes ${total} bytes, and Lambda allows ${MAX_ENVIRONMENT_BYTES}. Shorten the largest: ${largest.join(', ')}.`,
  ];
}
