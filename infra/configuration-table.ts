import * as z from 'zod';
import { settingInfo } from '../lambda/common/settings.ts';
import { contextSchema } from './config.ts';

/** Documents that show the table. */
export const DOCUMENTS = ['README.md', 'docs/configuration.md'] as const;

const BEGIN = '<!-- configuration:begin -->';
const END = '<!-- configuration:end -->';

const code = (text: string) => `\`${text}\``;

function defaultOf(field: z.ZodType): string {
  const value = field instanceof z.ZodPrefault ? field.def.defaultValue : undefined;
  return value === undefined || (Array.isArray(value) && value.length === 0) ? 'none' : code(String(value));
}

function row([key, field]: [string, z.ZodType]): string {
  const info = settingInfo(field);
  if (!info) throw new Error(`The setting ${key} has no description.`);
  const cells = [code(key), info.description, info.allowed, defaultOf(field)];
  return `| ${cells.join(' | ')} |`;
}

/** The settings of the CDK app as a Markdown table, from the schema that reads them. */
export function configurationTable(): string {
  const head = ['| Context key | What it does | Allowed | Default |', '|---|---|---|---|'];
  return [...head, ...Object.entries<z.ZodType>(contextSchema.shape).map(row)].join('\n');
}

/**
 * A document with the table between its two marks.
 * @throws {Error} when the marks are missing
 */
export function withConfigurationTable(document: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`There is no place for the table: ${BEGIN} ... ${END}`);
  return `${document.slice(0, begin)}${BEGIN}\n${configurationTable()}\n${document.slice(end)}`;
}
