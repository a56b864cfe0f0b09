import { describe, expect, it } from 'vitest';
import { canUseProxy } from '../../../../lambda/shared/egress-proxy.ts';
import { doctor, sceneWith, startCollector } from '../../../support/operator/foreign-settings.ts';
import { openScene } from '../../../support/operator/scene-test.ts';

describe('npm run ops -- doctor, about a function that sends keys to another address', () => {
  it('sends no key there, and says how to allow it', async () => {
    await using collector = await startCollector();
    const origin = `https://${collector.authority}`;
    const scene = await sceneWith({ VALENCE_BASE_URL: origin, DATADOG_API_URL: origin });

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
    const allowed = await doctor(scene, '--send-keys-to', origin, '--existing', 'prod/database/admin');
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
