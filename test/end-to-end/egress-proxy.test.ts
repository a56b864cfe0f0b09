import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { canUseProxy } from '../../lambda/shared/egress-proxy.ts';
import { type Artefact, startArtefact } from '../support/artefact.ts';
import { type ConnectProxy, closedPort, connectProxy, tlsInFrontOf } from '../support/connect-proxy.ts';
import { isMarked } from '../support/logs.ts';
import { auditRecords } from '../support/records.ts';
import { DATADOG_KEY, startTenant, type Tenant, VALENCE_KEY } from '../support/tenant.ts';
import { UNTRUSTED_CERTIFICATE } from '../support/untrusted-certificate.ts';

const CREDENTIALS = 'user:p@ss:word';
const TLS_HANDSHAKE = 0x16;

let folder: string;
let artefact: Artefact;
const disposables: AsyncDisposable[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxy-'));
  const certificates = join(folder, 'certificate.pem');
  writeFileSync(certificates, UNTRUSTED_CERTIFICATE.cert);
  artefact = startArtefact(undefined, { NODE_EXTRA_CA_CERTS: certificates });
});
afterEach(async () => {
  for (const each of disposables.splice(0).reverse()) await each[Symbol.asyncDispose]();
});
afterAll(async () => {
  await artefact.close();
  rmSync(folder, { recursive: true });
  const transcript = artefact.transcript();
  const encoded = Buffer.from(CREDENTIALS).toString('base64');
  for (const secret of [VALENCE_KEY, DATADOG_KEY, 'p@ss', 'p%40ss', encoded]) {
    expect(transcript).not.toContain(secret);
  }
});

const kept = <T extends AsyncDisposable>(each: T): T => {
  disposables.push(each);
  return each;
};

/** A tenant whose Valence and Datadog are reached by TLS, and a proxy. */
async function behind(proxy: ConnectProxy, process = artefact) {
  const tenant = kept(await startTenant(process));
  const valence = kept(await tlsInFrontOf(tenant.valence.origin));
  const datadog = kept(await tlsInFrontOf(tenant.datadog.origin));
  tenant.valence.auditLogs.add(auditRecords(30, tenant.now() - 400, 10));
  const environment = {
    COLLECT_ALERTS: 'false',
    VALENCE_BASE_URL: valence.origin,
    DATADOG_INTAKE_URL: datadog.origin,
    DATADOG_API_URL: datadog.origin,
    HTTPS_PROXY_URL: proxy.url,
  };
  return { tenant, hosts: [valence.host, datadog.host].sort(), environment };
}

const forwarded = ({ logs }: Tenant) => logs('audit-logs').length;

describe.skipIf(!canUseProxy())('F113 with httpsProxy', () => {
  it('Valence and Datadog are reached through it, AWS is not, and it sees no key, no header and no record', async () => {
    const proxy = kept(await connectProxy());
    const { tenant, hosts, environment } = await behind(proxy);

    const { streams } = await tenant.run({ environment });

    expect(streams['audit-logs']).toMatchObject({ forwarded: 30, error: null });
    expect(forwarded(tenant)).toBe(30);
    expect([...new Set(proxy.tunnels.map(({ target }) => target))].sort()).toEqual(hosts);
    expect(proxy.inClearText).toEqual([]);
    for (const { headers, sent } of proxy.tunnels) {
      expect(Object.keys(headers).sort()).toEqual(['host', 'proxy-connection']);
      const bytes = Buffer.concat(sent);
      expect(bytes[0]).toBe(TLS_HANDSHAKE);
      for (const text of [VALENCE_KEY, DATADOG_KEY, 'HTTP/1.1', 'authorization']) {
        expect(bytes.includes(text)).toBe(false);
      }
    }
  });

  it('a connection that breaks after the logs were sent leaves them in doubt, as without it', async () => {
    const proxy = kept(await connectProxy());
    const { tenant, environment } = await behind(proxy);
    let breaks = 1;
    tenant.datadog.intercept = async (_, answer) => {
      await answer();
      return breaks-- > 0 ? 'reset' : undefined;
    };

    await tenant.run({ environment });

    const logs = tenant.logs('audit-logs');
    expect(logs.filter((log) => !isMarked(log))).toHaveLength(30);
    expect(logs.filter(isMarked)).toHaveLength(30);
  });

  it('noProxy is reached directly', async () => {
    const proxy = kept(await connectProxy());
    const { tenant, hosts, environment } = await behind(proxy);
    const valence = new URL(environment.VALENCE_BASE_URL).host;

    await tenant.run({ environment: { ...environment, NO_PROXY_HOSTS: valence } });

    expect(forwarded(tenant)).toBe(30);
    const reached = new Set(proxy.tunnels.map(({ target }) => target));
    expect([...reached]).toEqual(hosts.filter((host) => host !== valence));
  });

  it('its credentials come from a secret, and are read again when it refuses them', async () => {
    const expected = `Basic ${Buffer.from(CREDENTIALS).toString('base64')}`;
    const proxy = kept(
      await connectProxy(({ headers }) => (headers['proxy-authorization'] === expected ? 200 : 407)),
    );
    const { tenant, environment } = await behind(proxy);
    const withSecret = { ...environment, PROXY_SECRET_ID: 'proxy/credentials' };
    const { secrets } = tenant.aws.secretsManager;
    secrets.set('proxy/credentials', 'user:former');

    const refused = await tenant.failure({ environment: withSecret });
    secrets.set('proxy/credentials', '{"username":"user","password":"p@ss:word"}');
    await tenant.run({ environment: withSecret });

    expect(refused.message).toContain('the proxy answered 407, httpsProxy 127.0.0.1:');
    expect(forwarded(tenant)).toBe(30);
  });

  it('a secret without credentials stops the run with the reason', async () => {
    const proxy = kept(await connectProxy());
    const { tenant, environment } = await behind(proxy);
    tenant.aws.secretsManager.secrets.set('proxy/credentials', 'nothing');

    const { message } = await tenant.failure({
      environment: { ...environment, PROXY_SECRET_ID: 'proxy/credentials' },
    });

    expect(message).toContain(
      'The secret proxy/credentials with the credentials of the proxy holds no user:password',
    );
    expect(proxy.tunnels).toEqual([]);
  });

  it('F34 a certificate that is not trusted ends the connection before a key is sent, proxy or not', async () => {
    const proxy = kept(await connectProxy());
    const trustsNone = startArtefact();
    disposables.push({ [Symbol.asyncDispose]: () => trustsNone.close() });
    const { tenant, environment } = await behind(proxy, trustsNone);

    const { message } = await tenant.failure({ environment });

    expect(message).toContain('source-unreachable');
    expect(proxy.tunnels.length).toBeGreaterThan(0);
    expect(tenant.valence.requests).toEqual([]);
  });

  it('a proxy that refuses, or that nothing answers for, is named in the error, and nothing goes around it', async () => {
    const proxy = kept(await connectProxy(() => 403));
    const { tenant, environment } = await behind(proxy);

    const refused = await tenant.failure({ environment });
    const gone = await tenant.failure({
      environment: { ...environment, HTTPS_PROXY_URL: await closedPort() },
    });

    expect(refused.message).toMatch(/the proxy answered 403, httpsProxy 127\.0\.0\.1:\d+/);
    expect(gone.message).toMatch(/ECONNREFUSED, httpsProxy 127\.0\.0\.1:\d+/);
    expect(tenant.valence.requests).toEqual([]);
  });
});

describe('F113 without httpsProxy', () => {
  it('no proxy is used, whatever the variables of the machine say', async () => {
    const proxy = kept(await connectProxy());
    const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY'];
    const machine = startArtefact(undefined, {
      ...Object.fromEntries(names.map((name) => [name, proxy.url])),
      NODE_USE_ENV_PROXY: '1',
      NODE_EXTRA_CA_CERTS: join(folder, 'certificate.pem'),
    });
    disposables.push({ [Symbol.asyncDispose]: () => machine.close() });
    const { tenant, environment } = await behind(proxy, machine);
    const { HTTPS_PROXY_URL: _, ...direct } = environment;

    await tenant.run({ environment: direct });

    expect(forwarded(tenant)).toBe(30);
    expect(proxy.tunnels).toEqual([]);
    expect(proxy.inClearText).toEqual([]);
  });
});

it.skipIf(canUseProxy())('F113 a Node that cannot use a proxy says so, and connects to nothing', async () => {
  const proxy = kept(await connectProxy());
  const { tenant, environment } = await behind(proxy);

  const { name, message } = await tenant.failure({ environment });

  expect(name).toBe('ConfigError');
  expect(message).toMatch(/HTTPS_PROXY_URL.*needs Node 24\.5 or later, and this is v/);
  expect(tenant.valence.requests).toEqual([]);
});
