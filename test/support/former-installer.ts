import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const run = promisify(execFile);

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/** The last version whose ownership marks name no owner. */
const COMMIT = '7387750';

/** Whether the history of this checkout goes back to the former installer; a shallow one does not. */
export const hasFormerInstaller = (): Promise<boolean> =>
  run('git', ['cat-file', '-e', `${COMMIT}^{commit}`], { cwd: PROJECT }).then(
    () => true,
    () => false,
  );

/** The former installer, built from its own sources as it was deployed. */
export interface FormerInstaller extends AsyncDisposable {
  /** Folder with `index.mjs`. */
  readonly folder: string;
}

/** Builds the former installer from the history. */
export async function buildFormerInstaller(): Promise<FormerInstaller> {
  const tree = await mkdtemp(join(tmpdir(), 'former-installer-'));
  const archive = join(tree, 'sources.tar');
  await run('git', ['archive', '--output', archive, COMMIT, 'lambda', 'package.json', 'tsconfig.json'], {
    cwd: PROJECT,
  });
  await run('tar', ['-xf', archive, '-C', tree]);
  await symlink(join(PROJECT, 'node_modules'), join(tree, 'node_modules'));
  const { installerBundle } = await import(pathToFileURL(join(tree, 'lambda/bundling/bundle.ts')).href);
  const folder = join(tree, 'dist');
  await build({ ...installerBundle(folder), sourcemap: false });
  return { folder, [Symbol.asyncDispose]: () => rm(tree, { recursive: true }) };
}
