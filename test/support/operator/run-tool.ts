import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import type { ToolName } from '../build/tools.ts';

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
  /** The last line of stdout, which is the result with `--json`. */
  // biome-ignore lint/suspicious/noExplicitAny: each test reads its own command's result.
  json(): any;
}

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));

interface StartedTool {
  child: ChildProcess;
  ended: Promise<CommandResult>;
  written: { stdout: string; stderr: string };
}

/** A program in its own process, without the profile, credentials and settings of the user who runs the tests. */
function start(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  cwd: string = PROJECT,
): StartedTool {
  const child = spawn(program, args, {
    cwd,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: tmpdir(),
      AWS_EC2_METADATA_DISABLED: 'true',
      // Sentences are in one line, unless a test is about the width.
      COLUMNS: '1000',
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

/** Starts a tool that was bundled before the tests (test/support/build/tools.ts). */
export const startTool = (
  tool: ToolName,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  cwd?: string,
): StartedTool =>
  start(process.execPath, [join(inject('toolsFolder'), `${tool}.mjs`), ...args], environment, cwd);

/** Waits until a tool has written something to stdout; throws when it has ended before. */
export const printed = ({ child, ended, written }: StartedTool, pattern: RegExp): Promise<void> =>
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

/** Runs a tool until it ends. */
export const runTool = (...args: Parameters<typeof startTool>): Promise<CommandResult> =>
  startTool(...args).ended;

/** Runs a script of package.json until it ends, as a user does: `npm run script -- ...args`. */
export const npmRun = (
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandResult> => start('npm', ['run', '--silent', script, '--', ...args], environment).ended;
