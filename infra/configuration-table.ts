import * as z from 'zod/mini';
import { DEFAULT_API_PROFILE } from '../lambda/settings/api-profile.ts';
import { endpointSchema, overridesShape, paginationSchema } from '../lambda/settings/api-profile-schema.ts';
import { environmentSchema } from '../lambda/settings/environment.ts';
import { settingInfo } from '../lambda/settings/problems.ts';
import { contextSchema } from './config.ts';
import { withTable } from './document-table.ts';

/** The tables, by the name of the markers around them: `<!-- configuration:begin -->`.... */
const TABLES = {
  configuration: { title: 'Context key', schema: contextSchema },
  environment: { title: 'Variable', schema: environmentSchema },
} as const;

/** The settings that most users look at first. */
const USUAL = [
  'region',
  'datadogSite',
  'alarmEmail',
  'schedule',
  'alertUpdates',
  'redact',
  'datadogContent',
  'tenants',
] as const satisfies readonly (keyof typeof contextSchema.shape)[];

export type TableName = keyof typeof TABLES | 'usual' | 'api-profile';

/** Documents, and the tables that each shows. */
export const DOCUMENTS: Readonly<Record<string, readonly TableName[]>> = {
  'README.md': ['usual'],
  'docs/configuration.md': ['configuration', 'environment', 'api-profile'],
};

const code = (text: string) => `\`${text}\``;

function defaultOf(field: z.ZodMiniType): string {
  if (field instanceof z.ZodMiniPrefault || field instanceof z.ZodMiniDefault) {
    const value = field.def.defaultValue;
    return typeof value === 'object' ? 'none' : code(String(value));
  }
  return field.safeParse(undefined).success ? 'none' : 'must be set';
}

function row([key, field]: [string, z.ZodMiniType]): string {
  const info = settingInfo(field);
  if (!info) throw new Error(`The setting ${key} has no description.`);
  return `| ${[code(key), info.description, info.allowed, defaultOf(field)].join(' | ')} |`;
}

/** Settings as a Markdown table, from the schema that reads them. */
export function settingsTable(name: TableName): string {
  if (name === 'api-profile') return apiProfileTable();
  if (name === 'usual') return usualTable();
  const { title, schema } = TABLES[name];
  const head = [`| ${title} | What it does | Allowed | Default |`, '|---|---|---|---|'];
  return [...head, ...Object.entries<z.ZodMiniType>(schema.shape).map(row)].join('\n');
}

/** Without what is allowed, which is long for some, and in docs/configuration.md. */
const usualTable = (): string =>
  [
    '| Context key | What it does | Default |',
    '|---|---|---|',
    ...USUAL.map((key) => {
      const field = contextSchema.shape[key];
      return `| ${[code(key), settingInfo(field)?.description, defaultOf(field)].join(' | ')} |`;
    }),
  ].join('\n');

/** Keys of the API profile with their defaults, as rows of a table. */
function profileRows(
  shape: z.core.$ZodShape,
  defaults: Readonly<Record<string, unknown>>,
  prefix = '',
): string[] {
  return Object.entries(shape).map(([key, field]) => {
    // A key that may be left out is wrapped, and its description stays inside.
    const described = field instanceof z.ZodMiniOptional ? field.def.innerType : field;
    const description = z.globalRegistry.get(described)?.description;
    if (!description) throw new Error(`The key ${prefix}${key} of the API profile has no description.`);
    const value = defaults[key];
    return `| ${code(prefix + key)} | ${description} | ${value === undefined ? '' : code(JSON.stringify(value))} |`;
  });
}

/** The keys of the API profile as a Markdown table, from the schema that reads them. */
export function apiProfileTable(): string {
  const { alerts, auditLogs, alertTypes, pagination, ...common } = DEFAULT_API_PROFILE;
  const { alerts: _, auditLogs: _a, alertTypes: types, pagination: _p, ...shared } = overridesShape.shape;
  const { path, pageSize } = endpointSchema.shape;
  const own = { path, pageSize };
  return [
    '| Key | Meaning | Default |',
    '|---|---|---|',
    ...profileRows(own, alerts, 'alerts.'),
    ...profileRows(own, auditLogs, 'auditLogs.'),
    ...profileRows({ alertTypes: types }, {}),
    ...profileRows(own, alertTypes, 'alertTypes.'),
    ...profileRows(shared, common),
    ...profileRows(paginationSchema.shape, pagination, 'pagination.'),
  ].join('\n');
}

/** A document with its tables up to date. */
export const withTables = (document: string, names: readonly TableName[]): string =>
  names.reduce((text, name) => withTable(text, name, settingsTable(name)), document);
