import { type Duration, Token } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { type Config, readConfig } from '../lambda/forwarder/config.ts';
import type { Definition } from '../lambda/settings/definition.ts';
import { textsSchema, variableOf, writeEnvironment } from '../lambda/settings/environment.ts';
import { resourceSettings } from '../lambda/settings/function/resources.ts';
import { scheduleSettings } from '../lambda/settings/function/schedule.ts';
import { functionSettings } from '../lambda/settings/function-settings.ts';
import { settingProblems } from '../lambda/settings/problems.ts';
import { ConfigError } from '../lambda/shared/errors.ts';
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

const variables = { ...functionSettings, ...scheduleSettings, ...resourceSettings };
type Variable = keyof typeof variables;

/** The prop that a variable is written from. The id of a secret is that of a prop without `Id`. */
const propOf = (key: Variable): string => key.replace(/SecretId$/, 'Secret');

const PROP_OF_VARIABLE = new Map(
  (Object.keys(variables) as Variable[]).map((key) => [variableOf(key), propOf(key)]),
);

const propsSchema = textsSchema(propOf);

/** Takes the place of what CloudFormation writes at deployment. */
const KNOWN_LATER = 'known-at-deployment';

/**
 * What the function will read from its environment.
 * @returns otherwise the problems that it would report at its start, by the names of the props
 */
export function readBeforeDeployment(
  environment: Readonly<Record<string, string>>,
): { config: Config } | { problems: readonly string[] } {
  const known = Object.entries(environment).map(
    ([name, value]) => [name, Token.isUnresolved(value) ? KNOWN_LATER : value] as const,
  );
  const texts = Object.fromEntries(known.map(([name, value]) => [PROP_OF_VARIABLE.get(name), value]));
  const { error } = propsSchema.safeParse(texts);
  if (error) return { problems: settingProblems(propsSchema, error, texts) };
  try {
    return { config: readConfig(Object.fromEntries(known)) };
  } catch (problem) {
    if (problem instanceof ConfigError) return { problems: problem.problems };
    throw problem;
  }
}

/** Names and values together. Source: AWS Lambda quotas, "Environment variables". */
const MAX_ENVIRONMENT_BYTES = 4096;

/** What is left for other variables of the function, such as NODE_OPTIONS. */
const RESERVED_BYTES = 100;

/** Room for a value that is known at deployment only: names and ARNs. */
const UNRESOLVED_BYTES = 180;

const bytesOf = ([name, value]: [string, string]): number =>
  Buffer.byteLength(name) + (Token.isUnresolved(value) ? UNRESOLVED_BYTES : Buffer.byteLength(value));

/** A variable by its prop, and by the setting where that has another name. */
function shownName(variable: string): string {
  const prop = PROP_OF_VARIABLE.get(variable) ?? variable;
  const { context } = (variables as Readonly<Record<string, Definition>>)[prop] ?? {};
  return context === undefined || context === prop ? prop : `${prop} (${context})`;
}

/** @returns what to shorten, when Lambda would refuse so large an environment at deployment */
export function environmentProblems(environment: Readonly<Record<string, string>>): string[] {
  const sizes = Object.entries(environment)
    .map((variable) => ({ name: variable[0], bytes: bytesOf(variable) }))
    .sort((a, b) => b.bytes - a.bytes);
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, RESERVED_BYTES);
  if (total <= MAX_ENVIRONMENT_BYTES) return [];
  const largest = sizes.slice(0, 3).map(({ name, bytes }) => `${shownName(name)}: ${bytes}`);
  return [
    `environment: takes ${total} bytes, and Lambda allows ${MAX_ENVIRONMENT_BYTES}. Shorten the largest: ${largest.join(', ')}.`,
  ];
}
