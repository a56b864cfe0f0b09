import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { VERSION } from '../../lambda/shared/version.ts';
import { counted } from '../../tools/cli/format.ts';
import { type Example, withExamples } from '../../tools/cli/help.ts';
import { type Output, outputFor } from '../../tools/cli/output.ts';
import { runTool } from '../../tools/cli/tool.ts';
import { ToolError } from '../../tools/cli/tool-error.ts';
import { proposalText } from '../../tools/doctor/proposal.ts';
import type { ApiReport } from '../../tools/doctor/report/api-report.ts';
import { diagnose } from './diagnose.ts';
import { reportedApi } from './replay/reported-api.ts';
import { type Visit, visit } from './visit.ts';

/** Entry of `npm run zoo`: the tests of all APIs, or one visit to the API of a report. */

/** @throws {ToolError} when the file is no report */
function readReport(file: string): ApiReport {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as ApiReport;
    if (report.format === 1 && Array.isArray(report.endpoints)) return report;
  } catch {
    throw new ToolError(`${file} cannot be read as JSON.`);
  }
  throw new ToolError(`${file} is no report of "npm run doctor -- --report FILE".`);
}

function visitText({ errors, missing, excess, requests }: Visit): string {
  const [error] = errors;
  const sum = `${counted(missing, 'record')} missing, ${counted(excess, 'log')} too many, ${counted(requests, 'request')}`;
  return error ? `${sum}\n  ${error.code}: ${error.message}\n  ${error.fix}` : sum;
}

async function replay(file: string, output: Output): Promise<void> {
  const report = readReport(file);
  const api = reportedApi(report);
  const unread = report.endpoints.filter(({ isTried }) => !isTried).map(({ endpoint }) => endpoint);
  if (unread.length > 0) {
    output.print(
      `The doctor could not read ${unread.join(' and ')} to the end. This API repeats the answers to it there, so its records count as missing.\n`,
    );
  }
  const byDefault = await visit(api, {});
  output.print(`With the default profile: ${visitText(byDefault)}`);
  const { findings, profile } = await diagnose(api);
  const wrong = findings.filter(({ level }) => level !== 'ok');
  output.print(
    `\nThe doctor finds:\n${wrong.map(({ name, message }) => `  ${name}: ${message}`).join('\n')}`,
  );
  output.print(`\n${proposalText(profile)}`);
  const byProfile = await visit(api, profile);
  output.result(
    { unread, byDefault, findings: wrong, valenceApi: profile, byProfile },
    `\nWith that profile: ${visitText(byProfile)}`,
  );
}

/** @param json vitest's own report as JSON instead of text */
function runTests(json: boolean): void {
  const report = json ? ['--reporter=json'] : [];
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', 'test/zoo', ...report],
    { stdio: 'inherit' },
  );
  process.exitCode = status ?? 1;
}

const EXAMPLES: readonly Example[] = [
  ['npm run zoo', 'the tests of all APIs'],
  ['npm run zoo -- --from report.json', 'one visit to the API that a report of the doctor describes'],
];

const program = new Command('npm run zoo --')
  .version(VERSION)
  .description('Runs the forwarder against small APIs that differ from the assumed one.')
  .option('--from <file>', 'run it against the API of a report of "npm run doctor" instead')
  .option('--json', 'print JSON: of one visit a line, of the tests the report of vitest')
  .action(async ({ from, json = false }: { from?: string; json?: boolean }) =>
    from === undefined ? runTests(json) : replay(from, outputFor(json)),
  );

await runTool(withExamples(program, EXAMPLES));
