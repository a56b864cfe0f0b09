import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type BuildFailure, build, formatMessages, type OutputFile } from 'esbuild';
import { forwarderBundle } from '../../lambda/bundling/bundle.ts';
import type { PublicResult } from '../../lambda/forwarder/reporting/result.ts';
import { DEFAULT_MEMORY_MIB, DEFAULT_TIMEOUT_SECONDS } from '../../lambda/limits.ts';
import { forwarderNodeFlags } from '../../lambda/shared/node-flags.ts';
import { ToolError } from '../cli/tool-error.ts';

/** Timeout of the deployed function, unless it is configured otherwise. */
const DEFAULT_TIMEOUT_MS = DEFAULT_TIMEOUT_SECONDS * 1000;

const isBuildFailure = (error: unknown): error is BuildFailure => error instanceof Error && 'errors' in error;

/**
 * Builds the artefact with the options of the deployed one.
 * @throws {ToolError} with the compiler's messages
 */
export async function buildArtefact(folder: string): Promise<void> {
  const { outputFiles } = await bundled(folder);
  await mkdir(folder, { recursive: true });
  // Another process may be loading the artefact at this moment: so each file is replaced atomically, the entry after what it imports.
  const entryLast = outputFiles.sort((a, b) => Number(isEntry(a)) - Number(isEntry(b)));
  for (const { path, contents } of entryLast) {
    const partial = `${path}.${process.pid}`;
    await writeFile(partial, contents);
    await rename(partial, path);
  }
}

const isEntry = ({ path }: OutputFile) => basename(path) === 'index.mjs';

async function bundled(folder: string) {
  try {
    return await build({ ...forwarderBundle(folder), logLevel: 'silent', write: false });
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const messages = await formatMessages(error.errors, { kind: 'error' });
    throw new ToolError(`The forwarder could not be built.\n${messages.join('')}`);
  }
}

/** The artefact in its own process, which stays alive between two invocations as that of a function does. */
export interface RunningArtefact {
  /**
   * Invokes the handler.
   * @throws {InvocationFailed} with the error's message when the handler threw; {@link ToolError} when the invocation
   *   timed out or its process died
   */
  invoke(event: object): Promise<PublicResult>;
  close(): void;
}

/** What the child process is sent: secrets first, if it is to have some, then events. */
export type ArtefactMessage = { secrets: Readonly<Record<string, string>> } | { event: object };

/** What the child process answers to an event. */
export type InvocationAnswer = { result: PublicResult } | { error: string; errorType: string };

/** The handler threw; its process can serve further invocations. */
export class InvocationFailed extends ToolError {
  /** The name of the error, which Lambda calls `errorType`. */
  readonly errorType: string;

  constructor(errorType: string, message: string) {
    super(message);
    this.errorType = errorType;
  }
}

export interface ArtefactOptions {
  /** Folder that holds `index.mjs`. */
  folder: string;
  /** The whole environment of the function. */
  environment: Readonly<Record<string, string | undefined>>;
  /**
   * Secrets by name, which the function then finds in its own process instead of in Secrets Manager. They travel over the channel
   * between the two processes: arguments and environment of a process are open to other programs, a server on this machine is too.
   */
  secrets?: Readonly<Record<string, string>>;
  /** Receives what the function writes. */
  logFile: string;
  /** Keeps the content of the log file; otherwise the lines of earlier runs are deleted. */
  keepLog?: boolean;
  /** Milliseconds that an invocation may take. */
  timeoutMs?: number;
}

function answerOf(child: ChildProcess, logFile: string, timeoutMs: number): Promise<InvocationAnswer> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit);
    };
    const onMessage = (answer: unknown) => {
      settle();
      resolve(answer as InvocationAnswer);
    };
    const onExit = (code: number | null, signal: string | null) => {
      settle();
      reject(
        new ToolError(`The forwarder's process ended (${signal ?? `exit code ${code}`}); see ${logFile}.`),
      );
    };
    const timer = setTimeout(() => {
      // As Lambda does it: without a warning.
      child.kill('SIGKILL');
    }, timeoutMs);
    child.on('message', onMessage).on('exit', onExit);
  });
}

/**
 * Variables by which the debugger of VS Code attaches to child processes. Empty if nothing is debugged, so that the
 * function sees only its own variables.
 * @param own the environment of this process
 */
export const debuggerEnvironment = ({ VSCODE_INSPECTOR_OPTIONS, NODE_OPTIONS }: NodeJS.ProcessEnv) =>
  VSCODE_INSPECTOR_OPTIONS ? { VSCODE_INSPECTOR_OPTIONS, NODE_OPTIONS } : {};

/** Starts a process that serves invocations of the artefact, as Lambda's runtime does. */
export function startArtefact(options: ArtefactOptions): RunningArtefact {
  const { folder, environment, secrets, logFile, keepLog = false, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  mkdirSync(dirname(logFile), { recursive: true });
  // A new file: a run that is still in progress keeps writing to the old one.
  if (!keepLog) rmSync(logFile, { force: true });
  const log = openSync(logFile, 'a');
  const child = fork(
    fileURLToPath(new URL('artefact-process.mjs', import.meta.url)),
    [pathToFileURL(join(folder, 'index.mjs')).href, String(timeoutMs)],
    {
      env: { ...debuggerEnvironment(process.env), ...environment },
      execArgv: [...forwarderNodeFlags(DEFAULT_MEMORY_MIB)],
      stdio: ['ignore', log, log, 'ipc'],
    },
  );
  closeSync(log);
  const send = (message: ArtefactMessage) => child.send(message);
  if (secrets) send({ secrets });
  return {
    async invoke(event) {
      const answer = answerOf(child, logFile, timeoutMs);
      send({ event });
      const settled = await answer;
      if ('error' in settled) throw new InvocationFailed(settled.errorType, settled.error);
      return settled.result;
    },
    close: () => {
      child.kill();
    },
  };
}
