import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { printLine } from '../../tools/cli/terminal.ts';
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
  const sum = `${missing} records missing, ${excess} logs too many, ${requests} requests`;
  return error ? `${sum}\n  ${error.code}: ${error.message}\n  ${error.fix}` : sum;
}

async function replay(file: string): Promise<void> {
  const report = readReport(file);
  const api = reportedApi(report);
  const unread = report.endpoints.filter(({ isTried }) => !isTried).map(({ endpoint }) => endpoint);
  if (unread.length > 0) {
    printLine(
      `The doctor could not read ${unread.join(' and ')} to the end. This API repeats the answers to it there, so its records count as missing.\n`,
    );
  }
  printLine(`With the default profile: ${visitText(await visit(api, {}))}`);
  const { findings, profile } = await diagnose(api);
  const wrong = findings.filter(({ level }) => level !== 'ok');
  printLine(`\nThe doctor finds:\n${wrong.map(({ name, message }) => `  ${name}: ${message}`).join('\n')}`);
  printLine(`\n${proposalText(profile)}`);
  printLine(`\nWith that profile: ${visitText(await visit(api, profile))}`);
}

function runTests(): void {
  const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'test/zoo'], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}

const program = new Command('npm run zoo --')
  .description('Runs the forwarder against small APIs that differ from the assumed one.')
  .option('--from <file>', 'run it against the API of a report of npm run doctor instead')
  .action(async ({ from }: { from?: string }) => (from === undefined ? runTests() : replay(from)));

await runTool(program);
