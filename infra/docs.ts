import { readFileSync, writeFileSync } from 'node:fs';
import { DOCUMENTS, withConfigurationTable } from './configuration-table.ts';

for (const path of DOCUMENTS) {
  writeFileSync(path, withConfigurationTable(readFileSync(path, 'utf8')));
}
