import * as z from 'zod';
import { environmentSchema } from '../lambda/settings/environment.ts';
import { settingInfo } from '../lambda/settings/problems.ts';
import { contextSchema } from './config.ts';
import { withTable } from './document-table.ts';

/** The tables, by the name of the marks that they stand between: `<!-- configuration:begin -->`.... */
const TABLES = {
  configuration: { title: 'Context key', schema: contextSchema },
  environment: { title: 'Variable', schema: environmentSchema },
} as const;

export type TableName = keyof typeof TABLES;

/** Documents, and the tables that each shows. */
export const DOCUMENTS: Readonly<Record<string, readonly TableName[]>> = {
  'README.md': ['configuration'],
  'docs/configuration.md': ['configuration', 'environment'],
};

const code = (text: string) => `\`${text}\``;

function defaultOf(field: z.ZodType): string {
  if (field instanceof z.ZodPrefault || field instanceof z.ZodDefault) {
    const value = field.def.defaultValue;
    return typeof value === 'object' ? 'none' : code(String(value));
  }
  return field.safeParse(undefined).success ? 'none' : 'must be set';
}

function row([key, field]: [string, z.ZodType]): string {
  const info = settingInfo(field);
  if (!info) throw new Error(`The setting ${key} has no description.`);
  return `| ${[code(key), info.description, info.allowed, defaultOf(field)].join(' | ')} |`;
}

/** Settings as a Markdown table, from the schema that reads them. */
export function settingsTable(name: TableName): string {
  const { title, schema } = TABLES[name];
  const head = [`| ${title} | What it does | Allowed | Default |`, '|---|---|---|---|'];
  return [...head, ...Object.entries<z.ZodType>(schema.shape).map(row)].join('\n');
}

/** A document with its tables up to date. */
export const withTables = (document: string, names: readonly TableName[]): string =>
  names.reduce((text, name) => withTable(text, name, settingsTable(name)), document);
