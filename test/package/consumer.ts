import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { OLDEST_CDK } from '../../packaging/manifest.ts';

const run = promisify(execFile);

/** What `npm run package` writes. */
const PACKAGE = resolve('dist/package');

/** The oldest compiler that the declarations are for. */
const TYPESCRIPT = 'typescript@5';
const NODE_TYPES = '@types/node@20';
const CDK = `aws-cdk-lib@${OLDEST_CDK}`;

/** As strict as a compiler is with the declarations of packages. */
const TSCONFIG = {
  compilerOptions: {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    skipLibCheck: false,
    types: ['node'],
    outDir: 'out',
  },
  include: ['*.ts', '*.cts'],
};

/** A project outside of the repository that has installed the package. */
export interface Consumer {
  /** What the package holds, path by path. */
  packed: readonly string[];
  /** Bytes of the tarball. */
  tarballBytes: number;
  /** Writes a file of the project. */
  write(name: string, text: string): Promise<void>;
  /** Runs a program of the project. Rejects with its output when it fails. */
  run(program: string, ...args: string[]): Promise<string>;
  /** Starts a command of the package. It ends with the test. */
  start(command: string, ...args: string[]): ChildProcess;
  remove(): Promise<void>;
}

/** Packs the package and installs it into a new project, with what a CDK app has. */
export async function newConsumer(): Promise<Consumer> {
  const folder = await mkdtemp(join(tmpdir(), 'consumer-'));
  const inFolder = async (program: string, ...args: string[]) => {
    const options = { cwd: folder, maxBuffer: 2 ** 26, env: environmentIn(folder) };
    try {
      return (await run(program, args, options)).stdout;
    } catch (error) {
      const { message, stdout } = error as Error & { stdout: string };
      throw new Error(`${message}\n${stdout}`);
    }
  };
  const write = (name: string, text: string) => writeFile(join(folder, name), text);

  const [tarball] = JSON.parse(await inFolder('npm', 'pack', '--json', PACKAGE));
  await write('package.json', JSON.stringify({ private: true, type: 'module' }));
  await write('tsconfig.json', JSON.stringify(TSCONFIG));
  const quick = ['--prefer-offline', '--no-audit', '--no-fund'];
  // npm adds `constructs`, the other peer dependency.
  await inFolder('npm', 'install', ...quick, `./${tarball.filename}`, CDK, TYPESCRIPT, NODE_TYPES);
  return {
    packed: tarball.files.map(({ path }: { path: string }) => path),
    tarballBytes: tarball.size,
    write,
    run: inFolder,
    start: (command, ...args) => {
      const program = join(folder, 'node_modules/.bin', command);
      const child = spawn(program, args, { cwd: folder, env: environmentIn(folder) });
      onTestFinished(() => void child.kill());
      return child;
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

/** Without what belongs to the npm command and the test that run this, and without credentials. */
function environmentIn(folder: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|AWS_|NODE_OPTIONS|VITEST)/.test(name));
  return { ...Object.fromEntries(kept), CDK_OUTDIR: join(folder, 'cdk.out'), NO_COLOR: '1' };
}
