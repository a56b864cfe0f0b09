import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { API_DOCUMENT, withApi } from './api-page.ts';
import { DOCUMENTS, withTables } from './configuration-table.ts';
import { COST_DOCUMENT, withMonth } from './cost/cost-tables.ts';
import { storedMonth } from './cost/month.ts';
import { withFacets } from './datadog/facets-table.ts';
import { withMonitors } from './datadog/monitors-table.ts';
import { RULES_DOCUMENT, withRules } from './datadog/rules-table.ts';
import { FAULTS_DOCUMENT, withFaults } from './faults-table.ts';
import { readProject } from './project/project.ts';
import { PROJECT_FILES } from './project/project-files.ts';
import { VERSION_FILE, versionModule } from './project/version-file.ts';

for (const [path, tables] of Object.entries(DOCUMENTS)) {
  writeFileSync(path, withTables(readFileSync(path, 'utf8'), tables));
}

writeFileSync(RULES_DOCUMENT, withFacets(withMonitors(withRules(readFileSync(RULES_DOCUMENT, 'utf8')))));

writeFileSync(FAULTS_DOCUMENT, withFaults(readFileSync(FAULTS_DOCUMENT, 'utf8')));

writeFileSync(COST_DOCUMENT, withMonth(readFileSync(COST_DOCUMENT, 'utf8'), storedMonth()));

writeFileSync(VERSION_FILE, versionModule(JSON.parse(readFileSync('package.json', 'utf8')).version));

writeFileSync(API_DOCUMENT, withApi(readFileSync(API_DOCUMENT, 'utf8')));

const project = readProject();
for (const [path, write] of Object.entries(PROJECT_FILES)) {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  writeFileSync(path, write(project, text));
}
