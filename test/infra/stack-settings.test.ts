import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { contextSchema } from '../../infra/config.ts';
import { configuredProps } from '../../infra/configured-props.ts';
import { deploymentUses } from '../../infra/deployment-props.ts';
import { addForwarders } from '../../infra/forwarder-app.ts';
import { contentSettings } from '../../lambda/settings/content/content.ts';
import type { Definition, StackSetting } from '../../lambda/settings/definition.ts';
import { tenantSettings } from '../../lambda/settings/deployment/tenants.ts';
import { deploymentSettings } from '../../lambda/settings/deployment-settings.ts';
import { functionSettings } from '../../lambda/settings/function-settings.ts';
import { settingsOf } from './configured.ts';
import { appWithoutCode } from './synthesised.ts';

type Context = Readonly<Record<string, unknown>>;

/** Ways out of a construct into the tree around it. */
const NOT_ITS_OWN = ['node', 'stack', 'env'];

/** Every text, number and truth value that a value holds, however deep. */
function leaves(value: unknown, seen = new Set<unknown>()): (string | number | boolean)[] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [value];
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  return Object.entries(value).flatMap(([key, part]) =>
    NOT_ITS_OWN.includes(key) ? [] : leaves(part, seen),
  );
}

function propsOf(context: Context): Readonly<Record<string, unknown>> {
  return { ...configuredProps(new Stack(), settingsOf(context)) };
}

const synthesised = new Map<string, string>();

/** The templates of everything that the settings ask for, as one text. Several settings share what they need. */
function templatesOf(context: Context): string {
  const key = JSON.stringify(context);
  const known = synthesised.get(key);
  if (known !== undefined) return known;
  const app = appWithoutCode();
  addForwarders(app, context);
  const stacks = app.node.children.filter((child) => child instanceof Stack);
  const text = JSON.stringify(stacks.map((stack) => Template.fromStack(stack).toJSON()));
  synthesised.set(key, text);
  return text;
}

const DEPLOYMENT = Object.entries(deploymentUses).map(([key, use]) => {
  const definition: StackSetting = deploymentSettings[key as keyof typeof deploymentUses];
  return { key, use, definition };
});

describe('a setting of the deployment', () => {
  const throughProps = DEPLOYMENT.filter(({ use }) => use !== 'stack');
  it.each(throughProps)('$key reaches the props of the construct', ({ key, use, definition }) => {
    const { context, example } = definition;
    const prop = typeof use === 'string' ? use : key;

    const given = leaves(example.context);
    expect(given).not.toEqual([]);

    const without = leaves(propsOf({})[prop]);
    const withIt = leaves(propsOf({ ...example.with, [context]: example.context })[prop]);

    expect(withIt).toEqual(expect.arrayContaining(given));
    expect(without.filter((leaf) => given.includes(leaf))).toEqual([]);
  });
});

it('every key of the context has a definition', () => {
  const definitions: StackSetting[] = Object.values({
    ...deploymentSettings,
    ...contentSettings,
    ...tenantSettings,
  });
  const keys = [
    ...Object.values<Definition>(functionSettings).flatMap(({ context }) => context ?? []),
    ...definitions.map(({ context }) => context),
  ];
  expect(Object.keys(contextSchema.shape)).toEqual(keys);
});

const THROUGH_STACKS: readonly (readonly [string, StackSetting])[] = [
  ...DEPLOYMENT.filter(({ use }) => use === 'stack').map(({ key, definition }) => [key, definition] as const),
  ...Object.entries<StackSetting>(contentSettings),
  ...Object.entries<StackSetting>(tenantSettings),
];

describe('a setting of the stack, the content or the tenants', () => {
  it.each(THROUGH_STACKS)('%s reaches the templates', (_, { context, example }) => {
    // Truth values are everywhere.
    const texts = leaves(example.context)
      .filter((leaf) => typeof leaf !== 'boolean')
      .map(String);

    const without = templatesOf({ ...example.with });
    const withIt = templatesOf({ ...example.with, [context]: example.context });

    expect(withIt === without).toBe(false);
    expect(texts.filter((text) => !withIt.includes(text))).toEqual([]);
    expect(texts.filter((text) => without.includes(text))).toEqual([]);
  });
});
