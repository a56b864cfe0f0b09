import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll } from 'vitest';

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
  /** The last line of stdout, which is the result with `--json`. */
  // biome-ignore lint/suspicious/noExplicitAny: each test reads its own command's result.
  json(): any;
}

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));

/** Where each tool starts, below `tools/`. */
const ENTRIES: Readonly<Record<string, string>> = {
  start: 'run-locally/start.ts',
  ops: 'ops/ops.ts',
  doctor: 'doctor/doctor.ts',
  preview: 'datadog/preview.ts',
};

const entryOf = (tool: string): string => join(PROJECT, 'tools', ENTRIES[tool] as string);

/** Tools that are started often, and find nothing by where their own file lies. */
const BUNDLED = ['ops', 'doctor', 'preview'];

let bundles: string | undefined;
afterAll(() => {
  if (bundles) rmSync(bundles, { recursive: true });
});

/** Folder of the bundled tools. From their sources, hundreds of files of the AWS SDK are loaded at each start. */
function bundledTools(): string {
  if (bundles) return bundles;
  bundles = mkdtempSync(join(tmpdir(), 'tools-'));
  buildSync({
    entryPoints: Object.fromEntries(BUNDLED.map((tool) => [tool, entryOf(tool)])),
    outdir: bundles,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return bundles;
}

const nodeArguments = (tool: string): string[] =>
  BUNDLED.includes(tool)
    ? [join(bundledTools(), `${tool}.mjs`)]
    : ['--import', import.meta.resolve('tsx'), entryOf(tool)];

interface StartedTool {
  child: ChildProcess;
  ended: Promise<CommandResult>;
  written: { stdout: string; stderr: string };
}

/** A program in a process of its own, which sees nothing of whoever runs the tests: no profile, credentials or settings. */
function start(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): StartedTool {
  const child = spawn(program, args, {
    cwd: PROJECT,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: tmpdir(),
      AWS_EC2_METADATA_DISABLED: 'true',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      written[stream] += text;
    });
  }
  const ended = new Promise<CommandResult>((resolve) => {
    child.once('close', (code) =>
      resolve({ code, ...written, json: () => JSON.parse(written.stdout.trim().split('\n').at(-1) ?? '') }),
    );
  });
  return { child, ended, written };
}

/** Starts a tool: `start`, `ops`, `doctor` or `preview`. */
export const startTool = (
  tool: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): StartedTool => start(process.execPath, [...nodeArguments(tool), ...args], environment);

/** Waits until a tool has written something to stdout; throws when it has ended before. */
export const told = ({ child, ended, written }: StartedTool, pattern: RegExp): Promise<void> =>
  Promise.race([
    new Promise<void>((resolve) => {
      const look = () => {
        if (pattern.test(written.stdout)) resolve();
      };
      child.stdout?.on('data', look);
      look();
    }),
    ended.then(({ stderr }) => {
      throw new Error(`The tool has ended: ${stderr}`);
    }),
  ]);

/** Runs a tool to its end. */
export const runTool = (...args: Parameters<typeof startTool>): Promise<CommandResult> =>
  startTool(...args).ended;

/** Runs a script of package.json to its end, as a user does: `npm run script -- ...args`. */
export const npmRun = (
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandResult> => start('npm', ['run', '--silent', script, '--', ...args], environment).ended;
