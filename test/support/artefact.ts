import { fork } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PublicResult } from '../../lambda/forwarder/reporting/result.ts';

const ARTEFACT = new URL('../../dist/forwarder/index.mjs', import.meta.url);
const SOURCES = fileURLToPath(new URL('../../lambda', import.meta.url));

/** One invocation as the parent asks for it. */
export interface InvocationRequest {
  id: number;
  event: unknown;
  requestId: string;
  /** The function's whole environment for this invocation, in addition to that of the process. */
  environment: Readonly<Record<string, string>>;
  /** Milliseconds that the function is given. */
  timeoutMs: number;
  /** How far the wall clock is ahead of the machine's, in milliseconds. */
  clockOffsetMs: number;
}

/** The outcome of an invocation. */
export type InvocationAnswer = { id: number } & (
  | { result: PublicResult & { checks?: { name: string; ok: boolean; fix: string | null }[] } }
  | {
      error: {
        name: string;
        message: string;
        /** Everything that Lambda's runtime would log of the error: stack, causes and own fields. */
        shown: string;
        /** The line that Lambda's runtime logs of it. */
        logged: string;
      };
    }
);

/** The built artefact in a child process, which stays alive between two invocations as that of a function does. */
export interface Artefact {
  /** Invokes the handler; several invocations may run at once. */
  invoke(request: Omit<InvocationRequest, 'id'>): Promise<InvocationAnswer>;
  /** Everything that the process has written, and every error that it has thrown. */
  transcript(): string;
  /** Kills the process without a warning, as when its host fails. */
  kill(): void;
  close(): Promise<void>;
}

const modifiedAt = (path: string | URL): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Whether the artefact was built since its sources changed. */
export function isArtefactFresh(): boolean {
  const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const newest = Math.max(...sources.map((name) => modifiedAt(join(SOURCES, name))));
  return modifiedAt(ARTEFACT) > newest;
}

/** The artefact's URL. Throws if the artefact is not what would be deployed. */
function builtArtefact(): string {
  if (isArtefactFresh()) return ARTEFACT.href;
  throw new Error('dist/forwarder/index.mjs is missing or older than lambda/. Build it first: npm run build');
}

/**
 * Starts a process with this Node version that serves invocations of the artefact, as Lambda's runtime does.
 * @param artefact URL of the module; by default the one that `npm run build` wrote
 * @param environment of the process, from its start on
 * @throws when that one has not been built since the sources changed
 */
export function startArtefact(
  artefact = builtArtefact(),
  environment: Readonly<Record<string, string>> = {},
): Artefact {
  const child = fork(fileURLToPath(new URL('artefact-process.mjs', import.meta.url)), [artefact], {
    execPath: process.execPath,
    execArgv: [],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const written: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => written.push(text));
  }
  const waiting = new Map<
    number,
    { resolve: (answer: InvocationAnswer) => void; reject: (error: Error) => void }
  >();
  let invocations = 0;
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.on('message', (message) => {
    const answer = message as InvocationAnswer;
    if ('error' in answer) written.push(answer.error.shown, answer.error.message);
    waiting.get(answer.id)?.resolve(answer);
    waiting.delete(answer.id);
  });
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`The process ended.\n${written.join('')}`));
  });
  return {
    invoke(request) {
      const id = invocations++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        child.send({ ...request, id } satisfies InvocationRequest);
      });
    },
    transcript: () => written.join('\n'),
    kill: () => void child.kill('SIGKILL'),
    async close() {
      child.kill();
      await ended;
    },
  };
}
