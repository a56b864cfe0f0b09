import { readFileSync, writeFileSync } from 'node:fs';
import { DOCUMENTS, withTables } from './configuration-table.ts';

for (const [path, tables] of Object.entries(DOCUMENTS)) {
  writeFileSync(path, withTables(readFileSync(path, 'utf8'), tables));
}
