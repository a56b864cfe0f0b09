import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { canUseProxy } from '../../../../lambda/shared/egress-proxy.ts';
import type { Finding } from '../../../../tools/doctor/finding.ts';
import { byName } from '../../../support/operator/findings.ts';
import { FUNCTION_NAME, type Scene } from '../../../support/operator/scene.ts';
import { openScene } from '../../../support/operator/scene-test.ts';

/** An address that this machine reaches, and that is no loopback address for the doctor. */
const FOREIGN_HOST = '0.0.0.0';

/** A server of another that notes what it receives. */
async function startCollector() {
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
async function sceneWith(settings: Readonly<Record<string, string>>): Promise<Scene> {
  const scene = await openScene();
  const deployed = scene.account.functions[FUNCTION_NAME];
  if (deployed)
    scene.account.functions[FUNCTION_NAME] = {
      ...deployed,
      environment: { ...scene.functionEnvironment, ...settings },
    };
  return scene;
}

async function doctor({ ops }: Scene, ...args: string[]) {
  const { findings }: { findings: Finding[] } = (await ops(['doctor', '--json', ...args])).json();
  return byName(findings);
}

describe('npm run ops -- doctor, about a function that sends keys to another address', () => {
  it('sends no key there, and says how to allow it', async () => {
    await using collector = await startCollector();
    const origin = `https://${collector.authority}`;
    const scene = await sceneWith({ VALENCE_BASE_URL: `${origin}/api`, DATADOG_API_URL: origin });

    const findings = await doctor(scene);

    for (const name of ['valence', 'datadog.key']) {
      expect(findings[name]).toMatchObject({
        level: 'warn',
        message: expect.stringContaining(`not checked from here: the function sends the`),
        fix: expect.stringContaining(`--send-keys-to ${origin}.`),
      });
    }
    expect(findings['secrets.valence']).toMatchObject({ level: 'ok' });
    expect(findings['function.state-table']).toMatchObject({ level: 'ok' });
    expect(collector.received).toEqual([]);
  });

  it('asks an address that was named, and no other', async () => {
    await using named = await startCollector();
    await using other = await startCollector();
    const origin = `https://${named.authority}`;
    const scene = await sceneWith({
      VALENCE_BASE_URL: `https://${other.authority}`,
      DATADOG_API_URL: origin,
    });

    const findings = await doctor(
      scene,
      '--send-keys-to',
      'https://proxy.example.com',
      '--send-keys-to',
      origin,
    );

    expect(findings['valence']).toMatchObject({ level: 'warn' });
    expect(findings['datadog.key']).toMatchObject({ level: 'fail' });
    expect(other.received).toEqual([]);
    expect(named.received.length).toBeGreaterThan(0);
  });

  it.each([
    ['that would get the content of a secret', 'prod/database/admin'],
    ['without credentials of its own', ''],
  ])('sends nothing by a proxy %s', async (_, secretId) => {
    await using collector = await startCollector();
    const origin = `http://${collector.authority}`;
    const scene = await sceneWith({
      VALENCE_BASE_URL: '',
      DATADOG_API_URL: '',
      HTTPS_PROXY_URL: origin,
      PROXY_SECRET_ID: secretId,
    });
    scene.aws.secretsManager.secrets.set('prod/database/admin', '{"username":"dba","password":"s3cret-db"}');

    const findings = await doctor(scene);

    expect(findings['proxy']).toMatchObject({
      level: 'warn',
      message: expect.stringContaining(`reaches Valence and Datadog by the proxy ${origin}`),
      fix: expect.stringContaining(`--send-keys-to ${origin}.`),
    });
    expect(findings['valence']).toBeUndefined();
    expect(findings['datadog.key']).toBeUndefined();
    expect(collector.received).toEqual([]);

    // A Node without support for proxies says so, and asks nothing either.
    const allowed = await doctor(scene, '--send-keys-to', origin);
    expect(allowed['proxy']?.message ?? '').not.toContain(origin);
    expect(collector.received.length > 0).toBe(canUseProxy());
  });

  it.each([
    ['a fixed header', { headers: { Host: 'attacker.example.net' } }, 'headers.Host'],
    ['the header of the key', { auth: { header: 'Host', scheme: null } }, 'auth.header'],
  ])('sends nothing for a function whose profile names another server: in %s', async (_, profile, key) => {
    await using collector = await startCollector();
    const scene = await sceneWith({
      VALENCE_BASE_URL: '',
      HTTPS_PROXY_URL: `http://${collector.authority}`,
      VALENCE_API_PROFILE: JSON.stringify(profile),
    });

    const args = ['doctor', '--json', '--send-keys-to', `http://${collector.authority}`];
    const { code, stdout, stderr } = await scene.ops(args);

    expect(code).toBe(1);
    expect(`${stdout}${stderr}`).toMatch(new RegExp(`${key}[^\\n]*belongs to the connection`));
    expect(collector.received).toEqual([]);
  });

  it.each(['proxy.example.com', 'https://proxy.example.com/path', 'data:,x'])(
    'takes no address without scheme and host alone: %s',
    async (address) => {
      const { ops } = await openScene();

      const { code, stderr } = await ops(['doctor', '--send-keys-to', address]);

      expect(code).toBe(1);
      expect(stderr).toContain('Give scheme and host');
    },
  );
});
