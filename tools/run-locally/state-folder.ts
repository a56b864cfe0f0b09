import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ToolError } from '../cli/tool-error.ts';
import { isAlive } from './stay/process-alive.ts';

const PRIVATE_FOLDER = 0o700;

/** Holds the id of the process that uses a state folder. */
const LOCK_FILE = 'in-use-by';

/**
 * Does some work while no other process uses the folder. (The database's own lock would end this process.)
 * @throws {ToolError} when another process uses it
 */
export async function withStateFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const lock = join(folder, LOCK_FILE);
  await mkdir(folder, { recursive: true });
  // It may come from a version that let other users read it.
  await chmod(folder, PRIVATE_FOLDER);
  const holder = existsSync(lock) ? Number(await readFile(lock, 'utf8')) : 0;
  if (holder > 0 && isAlive(holder)) {
    throw new ToolError(
      `${folder} is in use by process ${holder}, probably another live run: wait for its end. If that process is not a live run, delete ${lock}.`,
    );
  }
  await rm(lock, { force: true });
  await writeFile(lock, String(process.pid), { flag: 'wx' });
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

/**
 * Does some work on a copy of the folder, so that it starts from the state that is there and changes nothing.
 * @throws {ToolError} when another process uses the folder
 */
export async function withStateCopy<T>(folder: string, work: (copy: string) => Promise<T>): Promise<T> {
  const copy = await mkdtemp(join(tmpdir(), 'forwarder-state-'));
  try {
    if (existsSync(folder)) await withStateFolder(folder, () => cp(folder, copy, { recursive: true }));
    return await work(copy);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
