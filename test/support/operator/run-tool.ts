import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
  /** The last line of stdout, which is the result with `--json`. */
  // biome-ignore lint/suspicious/noExplicitAny: each test reads its own command's result.
  json(): any;
}

/** A tool of `local/` in a process of its own, which sees nothing of whoever runs the tests. */
export function startTool(
  tool: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): { child: ChildProcess; ended: Promise<CommandResult>; written: { stdout: string; stderr: string } } {
  const child = spawn(
    process.execPath,
    [
      '--import',
      import.meta.resolve('tsx'),
      fileURLToPath(new URL(`../../../local/${tool}`, import.meta.url)),
      ...args,
    ],
    {
      // Nothing of whoever runs the tests: no profile, no credentials, no settings.
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: tmpdir(),
        AWS_EC2_METADATA_DISABLED: 'true',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
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

/** Runs a tool to its end. */
export const runTool = (...args: Parameters<typeof startTool>): Promise<CommandResult> =>
  startTool(...args).ended;
