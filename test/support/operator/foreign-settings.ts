import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Finding } from '../../../tools/doctor/finding.ts';
import { byName } from './findings.ts';
import { FUNCTION_NAME, type Scene } from './scene.ts';
import { openScene } from './scene-test.ts';

/** An address that this machine reaches, and that is no loopback address for the doctor. */
const FOREIGN_HOST = '0.0.0.0';

/** A server of another that notes what it receives. */
export async function startCollector() {
  const received: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (data) => {
      received.push(data.toString('latin1'));
      socket.destroy();
    });
  });
  server.listen(0, FOREIGN_HOST);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    received,
    authority: `${FOREIGN_HOST}:${port}`,
    [Symbol.asyncDispose]: async () => void (await new Promise((resolve) => server.close(resolve))),
  };
}

/** A forwarder whose function has further settings. */
export async function sceneWith(settings: Readonly<Record<string, string>>): Promise<Scene> {
  const scene = await openScene();
  const deployed = scene.account.functions[FUNCTION_NAME];
  if (deployed)
    scene.account.functions[FUNCTION_NAME] = {
      ...deployed,
      environment: { ...scene.functionEnvironment, ...settings },
    };
  return scene;
}

/** The findings of the doctor by name. */
export async function doctor({ ops }: Scene, ...args: string[]) {
  const { findings }: { findings: Finding[] } = (await ops(['doctor', '--json', ...args])).json();
  return byName(findings);
}
