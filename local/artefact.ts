import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type BuildFailure, build, formatMessages } from 'esbuild';
import { forwarderBundle } from '../lambda/bundle.ts';
import type { PublicResult } from '../lambda/forwarder/result.ts';
import { LocalRunError } from './local-run-error.ts';

/** Timeout of the deployed function, unless it is configured otherwise. */
const TIMEOUT_MS = 240_000;

const isBuildFailure = (error: unknown): error is BuildFailure => error instanceof Error && 'errors' in error;

/**
 * Builds the artefact with the very options of the deployed one.
 * @throws {LocalRunError} with the compiler's messages
 */
export async function buildArtefact(folder: string): Promise<void> {
  const { outputFiles } = await bundled(folder);
  await mkdir(folder, { recursive: true });
  // Somebody may be loading the artefact at this moment: it changes at once or not at all.
  for (const { path, contents } of outputFiles) {
    const partial = `${path}.${process.pid}`;
    await writeFile(partial, contents);
    await rename(partial, path);
  }
}

async function bundled(folder: string) {
  try {
    return await build({ ...forwarderBundle(folder), logLevel: 'silent', write: false });
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const messages = await formatMessages(error.errors, { kind: 'error' });
    throw new LocalRunError(`The forwarder could not be built.\n${messages.join('')}`);
  }
}

/** The artefact in a process of its own, as warm as a function's between two invocations. */
export interface RunningArtefact {
  /**
   * Invokes the handler.
   * @throws {LocalRunError} with the error's message when the invocation failed, timed out, or its process died
   */
  invoke(event: object): Promise<PublicResult>;
  close(): void;
}

/** What the child process answers to an event. */
export type InvocationAnswer = { result: PublicResult } | { error: string };

export interface ArtefactOptions {
  /** Folder that holds `index.mjs`. */
  folder: string;
  /** The whole environment of the function. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Receives what the function writes; what an earlier run wrote goes. */
  logFile: string;
}

function answerOf(child: ChildProcess, logFile: string): Promise<InvocationAnswer> {
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
        new LocalRunError(
          `The forwarder's process ended (${signal ?? `exit code ${code}`}); see ${logFile}.`,
        ),
      );
    };
    const timer = setTimeout(() => {
      // As Lambda does it: without a warning.
      child.kill('SIGKILL');
    }, TIMEOUT_MS);
    child.on('message', onMessage).on('exit', onExit);
  });
}

/** Starts a process that serves invocations of the artefact, as Lambda's runtime does. */
export function startArtefact({ folder, environment, logFile }: ArtefactOptions): RunningArtefact {
  mkdirSync(dirname(logFile), { recursive: true });
  // A new file: an earlier run that is still at work keeps writing to the old one.
  rmSync(logFile, { force: true });
  const log = openSync(logFile, 'a');
  const child = fork(
    fileURLToPath(new URL('artefact-process.ts', import.meta.url)),
    [pathToFileURL(join(folder, 'index.mjs')).href, String(TIMEOUT_MS)],
    {
      env: { ...environment },
      execArgv: ['--enable-source-maps', '--import', import.meta.resolve('tsx')],
      stdio: ['ignore', log, log, 'ipc'],
    },
  );
  closeSync(log);
  return {
    async invoke(event) {
      const answer = answerOf(child, logFile);
      child.send(event);
      const settled = await answer;
      if ('error' in settled) throw new LocalRunError(settled.error);
      return settled.result;
    },
    close: () => {
      child.kill();
    },
  };
}
