import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Mutant, planted } from './mutant.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/** A mutant may make a test wait for what never happens. */
const TESTS_TIMEOUT_MS = 600_000;

/** Characters of a failed test's message that are kept. */
const MESSAGE_LENGTH = 300;

/** What some test files did: which of them failed a test, and which ran none at all. */
export interface TestResult {
  failed: Set<string>;
  /** Files without a single test that ended: they did not load, or the run was cut off. */
  notRun: Set<string>;
  /** Each failed test by its full name, with the beginning of its message. */
  failures: string[];
  /** The end of what the run wrote. */
  output: string;
}

/** A copy of the project in which mutants are planted, so that the working tree is never touched. */
export interface Workplace extends Disposable {
  /** Runs test files, with a mutant planted when there is one. */
  test(files: readonly string[], mutant?: Mutant): Promise<TestResult>;
}

interface Assertion {
  status: string;
  fullName: string;
  failureMessages: string[];
}

interface Report {
  testResults: { name: string; assertionResults: Assertion[] }[];
}

/** Runs a program to its end, or until it has taken too long. Gives its exit code and the end of what it wrote. */
function run(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<{ code: number; output: string }> {
  const child = spawn(program, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TESTS_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4000);
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Copies what git knows of the project, changes that are not committed included, and links its packages. */
function copyProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mutants-'));
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: PROJECT,
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  });
  // A file that git knows may have been deleted since.
  for (const file of list.split('\0').filter((name) => name !== '' && existsSync(join(PROJECT, name)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(PROJECT, file), join(folder, file));
  }
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Makes the copy. It is deleted when the workplace is disposed of. */
export function openWorkplace(): Workplace {
  const folder = copyProject();
  const reportFile = join(folder, 'mutant-report.json');

  async function runTests(files: readonly string[]): Promise<TestResult> {
    if (files.some((file) => !file.startsWith('test/unit/'))) {
      // What drives the artefact needs one that is as new as its sources.
      const built = await run(process.execPath, ['--import', 'tsx', 'lambda/bundling/build.ts'], folder);
      if (built.code !== 0) throw new Error(`The build failed:\n${built.output}`);
    }
    rmSync(reportFile, { force: true });
    const { output } = await run(
      process.execPath,
      [
        join('node_modules', 'vitest', 'vitest.mjs'),
        'run',
        '--reporter=json',
        `--outputFile=${reportFile}`,
        ...files,
      ],
      folder,
    );
    return { ...resultOf(files, readReport(reportFile), folder), output };
  }

  return {
    async test(files, mutant) {
      if (!mutant) return runTests(files);
      const path = join(folder, mutant.file);
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, planted(mutant, text));
      try {
        return await runTests(files);
      } finally {
        writeFileSync(path, text);
      }
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What the run has reported; nothing when it was cut off before that. */
function readReport(file: string): Report {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { testResults: [] };
  }
}

function resultOf(
  files: readonly string[],
  { testResults }: Report,
  folder: string,
): Omit<TestResult, 'output'> {
  const statuses = (file: string) =>
    testResults
      .filter(({ name }) => name.endsWith(join(folder, file)))
      .flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed');
  return {
    failed: new Set(files.filter((file) => statuses(file).includes('failed'))),
    notRun: new Set(
      files.filter((file) => !statuses(file).some((status) => status === 'failed' || status === 'passed')),
    ),
    failures: failed.map(
      ({ fullName, failureMessages: [message = ''] }) => `${fullName}: ${message.slice(0, MESSAGE_LENGTH)}`,
    ),
  };
}
