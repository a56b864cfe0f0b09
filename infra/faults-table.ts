import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTable } from './document-table.ts';

/** The document that lists every fault, each with the tests that bear its number. */
export const FAULTS_DOCUMENT = 'docs/faults.md';

const FAULT_LINE = /^- \*\*(F\d{2,3})\*\* (.+)$/gm;
const FAULT_NUMBER = /\bF\d{2,3}\b/g;

/** Each fault of the catalogue, by its number. */
export const faultsOf = (document: string): Map<string, string> =>
  new Map([...document.matchAll(FAULT_LINE)].map(([, number = '', text = '']) => [number, text]));

/** The files of tests, and of contracts that several stores pass, that name each fault, by its number. */
export function testsOfFaults(folder = 'test'): Map<string, string[]> {
  const tests = new Map<string, Set<string>>();
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/(\.test|-contract)\.ts$/.test(path)) continue;
    const file = join(folder, path);
    for (const [number] of readFileSync(file, 'utf8').matchAll(FAULT_NUMBER)) {
      tests.set(number, (tests.get(number) ?? new Set()).add(file));
    }
  }
  return new Map([...tests].map(([number, files]) => [number, [...files].sort()]));
}

/** The document with its table of tests written again. */
export function withFaults(document: string): string {
  const tests = testsOfFaults();
  const rows = [...faultsOf(document).keys()].map((number) => {
    const files = (tests.get(number) ?? []).map((file) => `[${file.replace('test/', '')}](../${file})`);
    return `| ${number} | ${files.join(', ')} |`;
  });
  return withTable(document, 'tests', ['| Fault | Tests |', '|---|---|', ...rows].join('\n'));
}
