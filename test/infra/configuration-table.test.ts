import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { contextSchema } from '../../infra/config.ts';
import { DOCUMENTS, settingsTable, withTables } from '../../infra/configuration-table.ts';
import { environmentSchema } from '../../lambda/settings/environment.ts';

it.each(Object.entries(DOCUMENTS))(
  '%s shows the settings as they are (`npm run docs` brings it up to date)',
  (path, tables) => {
    const document = readFileSync(path, 'utf8');
    expect(document).toBe(withTables(document, tables));
  },
);

it.each([
  { table: 'configuration', schema: contextSchema },
  { table: 'environment', schema: environmentSchema },
] as const)('every setting of the $table has a row with meaning, allowed values and default', (given) => {
  const rows = settingsTable(given.table)
    .split('\n')
    .slice(2)
    .map((row) => row.split('|').map((cell) => cell.trim()));
  expect(rows.map(([, key]) => key)).toEqual(Object.keys(given.schema.shape).map((key) => `\`${key}\``));
  for (const cells of rows) {
    expect(cells).toHaveLength(6);
    expect(cells.slice(1, 5)).not.toContain('');
  }
});

it('refuses a document without the marks for the table', () => {
  expect(() => withTables('# Title', ['configuration'])).toThrow('configuration:begin');
});
