import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { isAlive } from './process-alive.ts';

/** The file through which the operator's tools find the forwarder that runs on this machine. */

/** Names another file, for more than one forwarder on a machine. */
const FILE_VARIABLE = 'LOCAL_FORWARDER_FILE';
const DEFAULT_FILE = fileURLToPath(new URL('../../../dist/local-forwarder.json', import.meta.url));

const CONNECTION_TIMEOUT_MS = 1_000;

const instance = z.object({
  pid: z.int(),
  /** Origin of the stand-ins for AWS's management services. */
  origin: z.url(),
  /** What points any AWS SDK client at the stand-ins. */
  environment: z.record(z.string(), z.string()),
});

/** A forwarder that runs on this machine. */
export type Instance = z.output<typeof instance>;

/** Path of the file. */
export const instanceFile = (): string => process.env[FILE_VARIABLE] || DEFAULT_FILE;

/** The content of the file; undefined when it does not exist or is not valid. */
export function readInstanceFile(file: string): Instance | undefined {
  try {
    return instance.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Whether the forwarder answers. A process that was killed leaves its file behind. */
export async function isRunning({ pid, origin }: Instance): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const { hostname, port } = new URL(origin);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: CONNECTION_TIMEOUT_MS });
    const answer = (there: boolean) => () => {
      socket.destroy();
      resolve(there);
    };
    socket.once('connect', answer(true)).once('error', answer(false)).once('timeout', answer(false));
  });
}

/** Writes the file atomically, readable only by this user. */
export function writeInstanceFile(file: string, content: Instance): void {
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}`;
  rmSync(partial, { force: true });
  writeFileSync(partial, JSON.stringify(content), { mode: 0o600, flag: 'wx' });
  renameSync(partial, file);
}

/** Removes the file, unless it belongs to another process now. */
export function removeInstanceFile(file: string): void {
  if (readInstanceFile(file)?.pid === process.pid) rmSync(file, { force: true });
}
