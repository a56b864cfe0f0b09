import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { canUseProxy } from '../../lambda/shared/egress-proxy.ts';
import { connectProxy, tlsInFrontOf } from '../support/connect-proxy.ts';
import { monitor, resourcesOf } from '../support/content-items.ts';
import { API_KEY, APP_KEY, useInstaller } from '../support/installer.ts';
import { fill } from '../support/operator/findings.ts';
import { runTool } from '../support/operator/run-tool.ts';
import { DATADOG_KEY, VALENCE_KEY } from '../support/operator/scene.ts';
import { openScene } from '../support/operator/scene-test.ts';
import { UNTRUSTED_CERTIFICATE } from '../support/untrusted-certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'proxy-'));
const certificates = join(folder, 'certificate.pem');
writeFileSync(certificates, UNTRUSTED_CERTIFICATE.cert);
afterAll(() => rmSync(folder, { recursive: true }));

const { it } = useInstaller(certificates);

/** What is said of a proxy that refuses everything. */
const REFUSAL = canUseProxy()
  ? /the proxy answered 403, httpsProxy 127\.0\.0\.1/
  : /needs Node 24\.5 or later/;

const targets = (...hosts: string[]) => (canUseProxy() ? hosts : []);

describe('F113 the proxy of the settings', () => {
  it('is the way of the installer to Datadog, and not to AWS', async ({ place }) => {
    await using proxy = await connectProxy(() => 403);
    Object.assign(place.environment, {
      DATADOG_API_URL: 'https://api.example.com',
      HTTPS_PROXY_URL: proxy.url,
    });

    expect(await place.stack.deploy(resourcesOf(monitor()))).toBe(false);

    // The answer has arrived.
    expect(JSON.stringify(place.stack.events)).toMatch(REFUSAL);
    expect([...new Set(proxy.tunnels.map(({ target }) => target))]).toEqual(targets('api.example.com:443'));
    expect(proxy.inClearText).toEqual([]);
  });

  it('is the way of the doctor to both', async () => {
    await using proxy = await connectProxy(() => 403);

    const { code, stdout, stderr } = await runTool('doctor', ['--json'], {
      VALENCE_API_KEY: 'planted-valence-key',
      DD_API_KEY: 'planted-datadog-key',
      VALENCE_BASE_URL: 'https://valence.example.com',
      DATADOG_API_URL: 'https://api.example.com',
      HTTPS_PROXY_URL: proxy.url,
    });

    expect(code).toBe(1);
    expect(`${stdout}${stderr}`).toMatch(REFUSAL);
    const asked = new Set(proxy.tunnels.map(({ target }) => target));
    expect([...asked].sort()).toEqual(targets('api.example.com:443', 'valence.example.com:443'));
  });

  describe.skipIf(!canUseProxy())('that lets through', () => {
    it('takes the installer to Datadog, and sees neither a key nor a body', async ({ place }) => {
      await using proxy = await connectProxy();
      await using datadog = await tlsInFrontOf(place.datadog.origin);
      Object.assign(place.environment, { DATADOG_API_URL: datadog.origin, HTTPS_PROXY_URL: proxy.url });

      expect(await place.stack.deploy(resourcesOf(monitor()))).toBe(true);

      expect(place.datadog.objects.monitor.size).toBe(1);
      expect([...new Set(proxy.tunnels.map(({ target }) => target))]).toEqual([datadog.host]);
      expect(proxy.inClearText).toEqual([]);
      const seen = Buffer.concat(proxy.tunnels.flatMap(({ sent }) => sent));
      for (const text of [API_KEY, APP_KEY, 'HTTP/1.1', 'dd-api-key'])
        expect(seen.includes(text)).toBe(false);
    });

    it('takes the doctor to both, which find nothing wrong', async () => {
      await using proxy = await connectProxy();
      const scene = await openScene();
      fill(scene);
      await using valence = await tlsInFrontOf(scene.valence.origin);
      await using datadog = await tlsInFrontOf(scene.datadog.origin);

      const { code } = await scene.doctor(['--json'], {
        VALENCE_API_KEY: VALENCE_KEY,
        DD_API_KEY: DATADOG_KEY,
        VALENCE_BASE_URL: valence.origin,
        DATADOG_API_URL: datadog.origin,
        HTTPS_PROXY_URL: proxy.url,
        NODE_EXTRA_CA_CERTS: certificates,
      });

      expect(code).toBe(0);
      const reached = new Set(proxy.tunnels.map(({ target }) => target));
      expect(reached).toEqual(new Set([valence.host, datadog.host]));
      expect(proxy.inClearText).toEqual([]);
    });
  });
});
