import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { forwarderBundle } from '../../lambda/bundling/bundle.ts';
import { forwarderNodeFlags } from '../../lambda/shared/node-flags.ts';
import type { BenchOptions } from './options.ts';
import type { ServerCounts, ServerSettings } from './servers.ts';
import type { Figures, SubjectKind } from './subject.ts';

/** The processes of a measurement, and the messages to them. */

const ARTEFACT = pathToFileURL('dist/forwarder/index.mjs').href;

/** The subject runs as plain JavaScript, so that no loader counts into its memory and time. */
const SUBJECT = 'dist/bench/subject.mjs';

/** Builds the artefact and the process that it is measured in; to be called once before {@link Processes.measure}. */
export async function buildSubjects(): Promise<void> {
  await build(forwarderBundle('dist/forwarder'));
  await build({
    entryPoints: [fileURLToPath(new URL('subject.ts', import.meta.url))],
    outfile: SUBJECT,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
}

async function start(file: string, args: string[], flags: readonly string[]): Promise<ChildProcess> {
  const child = fork(file, args, {
    execArgv: [...flags],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      // No other variable of the caller: a proxy or a setting of the forwarder would change the measurement.
      ...Object.fromEntries(['PATH', 'HOME', 'TMPDIR'].map((name) => [name, process.env[name]])),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      LOG_LEVEL: 'DEBUG',
    },
  });
  await answer(child);
  return child;
}

async function answer<T>(child: ChildProcess): Promise<T> {
  const answered = new AbortController();
  const { signal } = answered;
  try {
    const [message] = await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }).then(([code]) => {
        throw new Error(`A process of the measurement ended with ${code}.`);
      }),
    ]);
    return message as T;
  } finally {
    // Removes the listeners of both events.
    answered.abort();
  }
}

async function ask<T>(child: ChildProcess, question: object): Promise<T> {
  const answered = answer<T>(child);
  child.send(question);
  return answered;
}

export interface Processes {
  /** Seconds over which records are spread, see {@link BenchOptions}. */
  readonly spanSeconds: number;
  /** Resets the servers to an empty state; resolves with the environment for the subject. */
  setUp(settings: ServerSettings): Promise<Record<string, string>>;
  counts(): Promise<ServerCounts>;
  /** Runs one subject in a process of its own, once for each environment; resolves with the figures of each run. */
  measure(kind: SubjectKind, environments: AsyncIterable<Record<string, string>>): Promise<Figures[]>;
  stop(): void;
}

/**
 * Starts the servers.
 * @param options of the bench
 */
export async function startProcesses({
  memorySize,
  spanSeconds,
}: Pick<BenchOptions, 'memorySize' | 'spanSeconds'>): Promise<Processes> {
  const servers = await start(
    fileURLToPath(new URL('servers.ts', import.meta.url)),
    [],
    ['--import', import.meta.resolve('tsx')],
  );
  return {
    setUp: (settings) => ask(servers, { setUp: settings }),
    counts: () => ask(servers, {}),
    spanSeconds,
    async measure(kind, environments) {
      const subject = await start(SUBJECT, [kind, ARTEFACT], forwarderNodeFlags(memorySize));
      try {
        const figures: Figures[] = [];
        for await (const environment of environments) figures.push(await ask<Figures>(subject, environment));
        return figures;
      } finally {
        subject.kill();
      }
    },
    stop: () => servers.kill(),
  };
}
