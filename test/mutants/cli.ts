import { Command, CommanderError } from 'commander';
import { duration } from '../../tools/cli/format.ts';
import { table } from '../../tools/cli/table.ts';
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

const progress = (text: string) => void process.stderr.write(`${text}\n`);

function chosenMutants(names: readonly string[]): readonly Mutant[] {
  const unknown = names.filter((name) => !MUTANTS.some((mutant) => mutant.name === name));
  if (unknown.length > 0) throw new Error(`There is no mutant ${unknown.join(', ')}. --list shows all.`);
  return names.length === 0 ? MUTANTS : MUTANTS.filter(({ name }) => names.includes(name));
}

/** A test that fails without a mutant would seem to catch every one. */
async function requireGreen(workplace: Workplace, mutants: readonly Mutant[]): Promise<void> {
  const files = [...new Set(mutants.flatMap(({ caughtBy }) => caughtBy))];
  progress(`The ${files.length} test files without a mutant ...`);
  const { failed, notRun, failures, output } = await workplace.test(files);
  const broken = files.filter((file) => failed.has(file) || notRun.has(file));
  if (broken.length > 0) {
    throw new Error(
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
    progress(`  ${file} ${why}`);
  }
  return { mutant, verdict: missed.length === 0 ? 'caught' : 'SURVIVED', seconds };
}

function list(mutants: readonly Mutant[]): void {
  console.log(
    table(
      ['mutant', 'file', 'what it is'],
      mutants.map(({ name, file, what }) => [name, file, what]),
    ),
  );
}

async function run(mutants: readonly Mutant[]): Promise<void> {
  using workplace = openWorkplace();
  await requireGreen(workplace, mutants);
  const verdicts: Verdict[] = [];
  for (const mutant of mutants) {
    progress(`${verdicts.length + 1} of ${mutants.length}: ${mutant.name} ...`);
    verdicts.push(await tryMutant(workplace, mutant));
  }
  console.log(
    table(
      ['mutant', 'verdict', 'time', 'what it is'],
      verdicts.map(({ mutant, verdict, seconds }) => [mutant.name, verdict, duration(seconds), mutant.what]),
    ),
  );
  const survivors = verdicts.filter(({ verdict }) => verdict !== 'caught').length;
  console.log(`\n${verdicts.length - survivors} caught, ${survivors} survived.`);
  if (survivors > 0) process.exitCode = 1;
}

const program = new Command('npm run mutants --')
  .description(OVERVIEW)
  .option('--only <names...>', 'tries these mutants only')
  .option('--list', 'shows the mutants and tries none')
  .exitOverride();

try {
  const { only = [], list: listOnly } = program.parse().opts<{ only?: string[]; list?: boolean }>();
  const mutants = chosenMutants(only);
  if (listOnly) list(mutants);
  else await run(mutants);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
