import * as z from 'zod/mini';
import { contentSettings } from '../lambda/settings/content/content.ts';
import { contextShape } from '../lambda/settings/definition.ts';
import { stackRegion } from '../lambda/settings/deployment/aws-values.ts';
import { numberedTenantsSchema, type Tenant, tenantsSchema } from '../lambda/settings/deployment/tenants.ts';
import { settingProblems } from '../lambda/settings/problems.ts';
import { ConfigError } from '../lambda/shared/errors.ts';
import { contentProblems } from './context/content.ts';
import { given, type Values } from './context/given.ts';
import { type Settings, settingsSchema } from './context/settings.ts';
import { otherName } from './other-names.ts';
import { suggest, suggestWithin } from './suggest.ts';

/** Every setting of the CDK app: `-c key=value` or, typed, under `context` in cdk.json. */
export const contextSchema = z.object({
  ...settingsSchema.shape,
  ...contextShape(contentSettings),
  ...tenantsSchema.shape,
});

/** One forwarder. */
export interface Config extends Settings {
  /** Its name; undefined for the usual one. */
  readonly tenant: string | undefined;
  /** What its stack has at the end of its name; undefined when there is only one. */
  readonly suffix: string | undefined;
  /** How many others start at the same time. */
  readonly neighbours: number;
}

/** Keys that tools put into every app's context: `@aws-cdk/core:...`, `aws:cdk:...`, `availability-zones:account=...`. */
const belongsToCdk = (key: string) => key.includes('@') || key.includes(':') || key.startsWith('aws-cdk');

/** The setting that a user may have meant. */
const suggestSetting = (key: string, known: z.ZodMiniObject): string | undefined =>
  otherName(key) ?? suggest(key, Object.keys(known.shape));

const isKnown = (key: string) => Object.hasOwn(contextSchema.shape, key);

/** A problem for each key near a known one. A key near none may belong to another tool. */
export const misspelled = (context: Values): string[] =>
  Object.keys(context)
    .filter((key) => !isKnown(key) && !belongsToCdk(key))
    .flatMap((key) => {
      const suggested = suggestSetting(key, contextSchema);
      return suggested ? [`${key}: there is no such setting. Did you mean ${suggested}?`] : [];
    });

/** Keys of a tenant that are no settings. Unlike in the context, other tools have no keys there. */
const unknownToTenant = ({ name, ...overrides }: Tenant): string[] =>
  Object.keys(overrides)
    .filter((key) => !Object.hasOwn(settingsSchema.shape, key))
    .map((key) => {
      if (key === 'tenant')
        return `tenants.${name}.tenant: leave it out, because name is the name of the tenant.`;
      if (isKnown(key)) return `tenants.${name}.${key}: set it outside the list, once for all tenants.`;
      const suggested = suggestSetting(key, settingsSchema);
      return `tenants.${name}.${key}: there is no such setting.${suggested ? ` Did you mean ${suggested}?` : ''}`;
    });

/** The settings of a tenant: its own, and otherwise those outside the list. */
function inherited(context: Values, { name: _, ...overrides }: Tenant): Values {
  const { scheduleIntervalMinutes, scheduleTimezone, ...rest } = context;
  // These two belong to one schedule and do not apply to another one.
  const ofSchedule = 'schedule' in overrides ? {} : { scheduleIntervalMinutes, scheduleTimezone };
  return { ...rest, ...ofSchedule, ...overrides };
}

/**
 * The settings of one forwarder.
 * @param place the prefix of a key in messages, such as `tenants.acme.`
 */
function readSettings(
  values: Values,
  place: (key: string) => string,
): { read: Settings } | { problems: string[] } {
  const parsed = settingsSchema.safeParse(given(values));
  if (parsed.success) return { read: parsed.data };
  return {
    problems: parsed.error.issues.flatMap((issue) =>
      settingProblems(settingsSchema, { issues: [issue] }, given(values), suggestWithin).map(
        (problem) => place(String(issue.path[0])) + problem,
      ),
    ),
  };
}

/** A problem for each table that several forwarders would use. */
function sharedTables(configs: readonly Config[]): string[] {
  const tables = configs.flatMap(({ existingStateTable, ...config }) =>
    existingStateTable ? [`${stackRegion(config)} ${existingStateTable}`] : [],
  );
  const shared = tables.filter((table, index) => tables.indexOf(table) !== index);
  return [...new Set(shared)].map(
    (table) =>
      `existingStateTable = "${table.split(' ')[1]}": belongs to several tenants, which would take each other's leases and watermarks. Give each tenant its own.`,
  );
}

/**
 * Reads the CDK context.
 * @param context all of it: keys of the CDK itself and of other tools are ignored
 * @returns one configuration for each forwarder to deploy
 * @throws {ConfigError} with every problem: key, value, what is wrong and what is allowed
 */
export function readConfig(context: Values): Config[] {
  const { tenant: _, tenants: __, ...common } = context;
  const list = tenantsSchema.safeParse(given(context));
  const tenants =
    list.data?.tenants ?? (list.error && numberedTenantsSchema.safeParse(given(context)).data?.tenants);
  const results = tenants?.map((tenant) => ({
    tenant: tenant.name,
    suffix: tenant.name,
    unknown: unknownToTenant(tenant),
    result: readSettings(inherited(common, tenant), (key) =>
      Object.hasOwn(tenant, key) ? `tenants.${tenant.name}.` : '',
    ),
  })) ?? [
    { tenant: list.data?.tenant, suffix: undefined, unknown: [], result: readSettings(common, () => '') },
  ];

  const configs = results.flatMap(({ tenant, suffix, result }) =>
    'read' in result ? [{ ...result.read, tenant, suffix, neighbours: results.length - 1 }] : [],
  );

  // A problem outside the list concerns every tenant, and is reported once.
  const problems = new Set([
    ...misspelled(context),
    ...(list.error ? settingProblems(tenantsSchema, list.error, context) : []),
    ...contentProblems(
      given(context),
      tenants?.map(({ name }) => name),
    ),
    ...results.flatMap(({ unknown, result }) => [
      ...unknown,
      ...('problems' in result ? result.problems : []),
    ]),
    ...sharedTables(configs),
  ]);
  if (problems.size > 0) throw new ConfigError([...problems]);
  return configs;
}
