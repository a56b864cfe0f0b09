import { Duration, Stack } from 'aws-cdk-lib';
import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { readConfig as readContext } from '../../infra/config.ts';
import { configuredProps } from '../../infra/configured-props.ts';
import { forwarderEnvironment } from '../../infra/forwarder-environment.ts';
import { readConfig } from '../../lambda/forwarder/config.ts';
import type { FunctionSetting } from '../../lambda/settings/definition.ts';
import { environmentSchema, readEnvironment } from '../../lambda/settings/environment.ts';
import { resourceSettings } from '../../lambda/settings/function/resources.ts';
import { scheduleSettings } from '../../lambda/settings/function/schedule.ts';
import { functionSettings } from '../../lambda/settings/function-settings.ts';

const GIVEN = Object.entries<FunctionSetting>(functionSettings);
const SCHEDULE = Object.entries<FunctionSetting>(scheduleSettings);
const RESOURCES = Object.entries<FunctionSetting>(resourceSettings);

/** What the stack writes into the environment of the function. */
function environmentOf(context: Record<string, unknown>): Record<string, string> {
  const stack = new Stack();
  const [config] = readContext(context);
  if (!config) throw new Error('There is no forwarder.');
  const props = configuredProps(new Stack(), config);
  return forwarderEnvironment(props, {
    interval: props.interval ?? Duration.minutes(5),
    table: TableV2.fromTableName(stack, 'Table', 'forwarder-state'),
    bucket: Bucket.fromBucketName(stack, 'Bucket', 'forwarder-quarantine'),
    valenceSecret: Secret.fromSecretNameV2(stack, 'Valence', 'valence/key'),
    datadogSecret: Secret.fromSecretNameV2(stack, 'Datadog', 'datadog/key'),
    proxySecret: Secret.fromSecretNameV2(stack, 'Proxy', 'proxy/credentials'),
  });
}

/** The value that the function reads from a variable, by the variable's words. */
const readValue = (environment: Record<string, string>, name: string): unknown =>
  new Map<string, unknown>(
    Object.entries(readEnvironment(environment)).map(([key, value]) => [key.toLowerCase(), value]),
  ).get(name.toLowerCase().replaceAll('_', ''));

const written = environmentOf({});

describe('a setting of the function', () => {
  it.each(GIVEN)(
    '%s survives context, environment and function',
    (key, { context, environment, value, example }) => {
      const name = context ?? 'tenants';
      const given = context ? example.context : [{ name: example.environment }];
      expect(given).toBeDefined();

      const variables = environmentOf({ ...example.with, [name]: given });

      expect(variables[environment]).toBe(example.environment);
      expect(variables[environment]).not.toBe(written[environment]);
      const expected = value.unit ? Number(example.environment) : (example.context ?? example.environment);
      expect(readValue(variables, environment)).toEqual(expected);
      expect(() => readConfig(variables), key).not.toThrow();
    },
  );

  it.each(GIVEN)('%s may be given as text, as `-c` gives it', (_, { context, environment, example }) => {
    if (context === undefined) return;
    const text =
      typeof example.context === 'object' ? JSON.stringify(example.context) : String(example.context);
    expect(environmentOf({ ...example.with, [context]: text })[environment]).toBe(example.environment);
  });

  it.each(RESOURCES)(
    '%s comes from the stack, and the function says what it needs',
    (_, { environment, example, required }) => {
      expect(written[environment]).toBeTruthy();
      const { [environment]: __, ...others } = written;
      if (required) expect(() => readConfig(others)).toThrow(`${environment}: is not set.`);
      else expect(() => readConfig(others)).not.toThrow();
      expect(readValue({ ...others, [environment]: example.environment }, environment)).toBe(
        example.environment,
      );
    },
  );
});

it('every variable of the function has a definition', () => {
  expect(Object.keys(environmentSchema.shape)).toEqual(
    [...GIVEN, ...SCHEDULE, ...RESOURCES].map(([, { environment }]) => environment),
  );
});

it('the function learns the longest time between two runs from the stack', () => {
  const hourly = environmentOf({ schedule: 'rate(1 hour)' });
  expect(readConfig(hourly).intervalSeconds).toBe(3600);
  const { INTERVAL_SECONDS: _, ...bare } = hourly;
  expect(readConfig(bare).intervalSeconds).toBe(300);
});

it('the bare function sends no run summaries, and the stack switches them on', () => {
  const { RUN_SUMMARY_LOGS, ...bare } = written;
  expect(RUN_SUMMARY_LOGS).toBe('true');
  expect(readConfig(written).runSummaryLogs).toBe(true);
  expect(readConfig(bare).runSummaryLogs).toBe(false);
});
