import { describe, expect } from 'vitest';
import { canUseProxy } from '../../lambda/shared/egress-proxy.ts';
import { connectProxy } from '../support/connect-proxy.ts';
import { monitor, resourcesOf } from '../support/content-items.ts';
import { useInstaller } from '../support/installer.ts';
import { runTool } from '../support/operator/run-tool.ts';

const { it } = useInstaller();

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
});
