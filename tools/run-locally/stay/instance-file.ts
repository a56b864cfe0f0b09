import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { isAlive } from './process-alive.ts';

/** How the operator's tools find the forwarder that stays at work on this machine: through a file. */

/** Names another file, for more than one forwarder on a machine. */
const FILE_VARIABLE = 'LOCAL_FORWARDER_FILE';
const DEFAULT_FILE = fileURLToPath(new URL('../../../dist/local-forwarder.json', import.meta.url));

const CONNECTION_TIMEOUT_MS = 1_000;

const whereabouts = z.object({
  pid: z.int(),
  /** Origin of the stand-ins for AWS's management services. */
  origin: z.url(),
  /** What points any AWS SDK client at the stand-ins. */
  environment: z.record(z.string(), z.string()),
});

/** Where a forwarder is at work. */
export type Whereabouts = z.output<typeof whereabouts>;

/** The file that tells. */
export const whereaboutsFile = (): string => process.env[FILE_VARIABLE] || DEFAULT_FILE;

/** What a file says; undefined when there is none, or none that makes sense. */
export function readWhereabouts(file: string): Whereabouts | undefined {
  try {
    return whereabouts.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Whether somebody answers there. A process that was killed leaves its file behind. */
export async function isAtWork({ pid, origin }: Whereabouts): Promise<boolean> {
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

/** Tells where a forwarder is at work, whole or not at all, and nobody else on the machine. */
export function writeWhereabouts(file: string, content: Whereabouts): void {
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, JSON.stringify(content), { mode: 0o600 });
  renameSync(partial, file);
}

/** Takes the file away, unless it tells of another process by now. */
export function removeWhereabouts(file: string): void {
  if (readWhereabouts(file)?.pid === process.pid) rmSync(file, { force: true });
}
