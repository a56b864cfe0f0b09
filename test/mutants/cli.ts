import { Command } from 'commander';
import { VERSION } from '../../lambda/shared/version.ts';
import { duration } from '../../tools/cli/format.ts';
import { type Output, outputFor } from '../../tools/cli/output.ts';
import { table } from '../../tools/cli/table.ts';
import { printError } from '../../tools/cli/terminal.ts';
import { runTool } from '../../tools/cli/tool.ts';
import { ToolError } from '../../tools/cli/tool-error.ts';
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';
import { openWorkplace, type TestResult, type Workplace } from './workplace.ts';

/** Plants bugs one at a time and says which of them the tests do not catch. */

const OVERVIEW = `Plants known bugs, one at a time, in a temporary copy of the project, and runs the tests that must catch each.
Ends with 1 when one survives. The bugs are listed in test/mutants/list/.`;

interface Verdict {
  mutant: Mutant;
  verdict: 'caught' | 'SURVIVED';
  seconds: number;
}

/** @throws {ToolError} when there is no such mutant */
function chosenMutants(names: readonly string[]): readonly Mutant[] {
  const unknown = names.filter((name) => !MUTANTS.some((mutant) => mutant.name === name));
  if (unknown.length > 0) throw new ToolError(`There is no mutant ${unknown.join(', ')}. --list shows all.`);
  return names.length === 0 ? MUTANTS : MUTANTS.filter(({ name }) => names.includes(name));
}

/** A test that fails without a mutant would seem to catch every one. */
async function requireGreen(workplace: Workplace, mutants: readonly Mutant[]): Promise<void> {
  const files = [...new Set(mutants.flatMap(({ caughtBy }) => caughtBy))];
  printError(`The ${files.length} test files without a mutant ...`);
  const { failed, notRun, failures, output } = await workplace.test(files);
  const broken = files.filter((file) => failed.has(file) || notRun.has(file));
  if (broken.length > 0) {
    throw new ToolError(
      `Without a mutant these must pass, and do not: ${broken.join(', ')}\n${[...failures, output].join('\n')}`,
    );
  }
}

function missedBy({ caughtBy }: Mutant, { failed }: TestResult): string[] {
  return caughtBy.filter((file) => !failed.has(file));
}

async function tryMutant(workplace: Workplace, mutant: Mutant): Promise<Verdict> {
  const startedAt = performance.now();
  const result = await workplace.test(mutant.caughtBy, mutant);
  const missed = missedBy(mutant, result);
  const seconds = (performance.now() - startedAt) / 1000;
  for (const file of missed) {
    const why = result.notRun.has(file) ? `ran no test to its end:\n${result.output}` : 'passes';
    printError(`  ${file} ${why}`);
  }
  return { mutant, verdict: missed.length === 0 ? 'caught' : 'SURVIVED', seconds };
}

function list(mutants: readonly Mutant[], output: Output): void {
  output.result(
    { mutants: mutants.map(({ name, file, what }) => ({ name, file, what })) },
    table(
      ['mutant', 'file', 'what it is'],
      mutants.map(({ name, file, what }) => [name, file, what]),
    ),
  );
}

async function run(mutants: readonly Mutant[], output: Output): Promise<void> {
  using workplace = openWorkplace();
  await requireGreen(workplace, mutants);
  const verdicts: Verdict[] = [];
  for (const mutant of mutants) {
    printError(`${verdicts.length + 1} of ${mutants.length}: ${mutant.name} ...`);
    verdicts.push(await tryMutant(workplace, mutant));
  }
  const survivors = verdicts.filter(({ verdict }) => verdict !== 'caught').length;
  const shown = table(
    ['mutant', 'verdict', 'time', 'what it is'],
    verdicts.map(({ mutant, verdict, seconds }) => [mutant.name, verdict, duration(seconds), mutant.what]),
  );
  output.result(
    { verdicts: verdicts.map(({ mutant: { name }, verdict, seconds }) => ({ name, verdict, seconds })) },
    `${shown}\n\n${verdicts.length - survivors} caught, ${survivors} survived.`,
  );
  if (survivors > 0) process.exitCode = 1;
}

interface Options {
  only?: readonly string[];
  list?: boolean;
  json?: boolean;
}

const program = new Command('npm run mutants --')
  .version(VERSION)
  .description(OVERVIEW)
  .option('--only <names...>', 'try these mutants only')
  .option('--list', 'show the mutants and try none')
  .option('--json', 'print one line of JSON')
  .action(async ({ only = [], list: listOnly = false, json = false }: Options) => {
    const mutants = chosenMutants(only);
    const output = outputFor(json);
    if (listOnly) list(mutants, output);
    else await run(mutants, output);
  });

await runTool(program);
