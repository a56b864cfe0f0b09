import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished } from 'vitest';
import { arrivals, EXACTLY_ONCE } from '../support/arrivals.ts';
import { startArtefact } from '../support/artefact.ts';
import { useForwarder } from '../support/forwarder.ts';
import { alerts, auditRecords } from '../support/records.ts';
import { inOrder, json, scriptedServer } from '../support/scripted-server.ts';
import type { Tenant } from '../support/tenant.ts';

const { it, newTenant } = useForwarder();

const AUDIT_PATH = '/api/v1/audit-logs';

/** Time that the function keeps for itself at the end of an invocation, in milliseconds. */
const RESERVE_MS = 5000;

function fill({ valence, now }: Tenant) {
  const given = { alerts: alerts(20, now() - 60, 300), auditLogs: auditRecords(40, now() - 60, 150) };
  valence.alerts.add(given.alerts);
  valence.auditLogs.add(given.auditLogs);
  return given;
}

/** The same server by another name of its host. */
const elsewhereAt = (origin: string, path: string) => `http://localhost:${new URL(origin).port}${path}`;

describe('F33 a redirect is refused, and the other server never sees the key', () => {
  it.each([301, 302, 307, 308])('status %i', async (status) => {
    await using elsewhere = await scriptedServer(inOrder(json({ items: [] })));
    await using tenant = await newTenant();
    tenant.valence.intercept = ({ path }) =>
      path === AUDIT_PATH
        ? { status, headers: { location: elsewhereAt(elsewhere.origin, AUDIT_PATH) } }
        : undefined;

    const { message } = await tenant.failure();

    expect(message).toContain(`Valence answered ${status}`);
    expect(message).toContain('VALENCE_BASE_URL');
    expect(elsewhere.requests).toEqual([]);
  });

  it('nor by a Link header to another origin', async () => {
    await using elsewhere = await scriptedServer(inOrder(json({ items: [] })));
    await using tenant = await newTenant({ profile: { pagination: { style: 'link' } } });
    fill(tenant);
    tenant.valence.intercept = async (_, answer) => {
      const reply = await answer();
      if (reply === 'reset') return reply;
      return {
        ...reply,
        headers: { ...reply.headers, link: `<${elsewhereAt(elsewhere.origin, '/next')}>; rel="next"` },
      };
    };

    const { message } = await tenant.failure();

    expect(message).toContain('another host');
    expect(elsewhere.requests).toEqual([]);
  });
});

it('F35 a key that is revoked during a run: the secret is read again once, then the streams stop', async () => {
  await using tenant = await newTenant({ profile: { auditLogs: { pageSize: 7 } } });
  const given = fill(tenant);
  tenant.valence.intercept = async ({ path, query }, answer) => {
    const reply = await answer();
    if (path === AUDIT_PATH && query.has('cursor')) tenant.valence.apiKey = 'a newer one';
    return reply;
  };

  const { message } = await tenant.failure();
  const reads = tenant.aws.secretsManager.requests.length;
  tenant.valence.intercept = undefined;
  tenant.aws.secretsManager.secrets.set('valence-api-key', 'planted-valence-key-new');
  tenant.valence.apiKey = 'planted-valence-key-new';
  tenant.travel(300);
  await tenant.run();

  expect(message).toContain('audit-logs failed (source-refused-key)');
  expect(message).toContain('put-secret-value --secret-id valence-api-key');
  // Each key at the start, and Valence's once more.
  expect(reads).toBe(3);
  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
});

it('F36 a key that is rotated between pages: the run continues with the new one', async () => {
  await using tenant = await newTenant({ profile: { auditLogs: { pageSize: 7 } } });
  const given = fill(tenant);
  tenant.valence.intercept = async ({ path, query }, answer) => {
    const reply = await answer();
    if (path === AUDIT_PATH && query.has('cursor')) {
      tenant.aws.secretsManager.secrets.set('valence-api-key', 'planted-valence-key-new');
      tenant.valence.apiKey = 'planted-valence-key-new';
    }
    return reply;
  };

  const result = await tenant.run();

  expect(result.status).toBe('ok');
  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
});

it('the time for reading the keys counts: no work starts within the reserve', async ({ tenant }) => {
  const artefact = startArtefact();
  onTestFinished(() => artefact.kill());
  tenant.aws.secretsManager.intercept = async () => {
    await delay(2000);
    return undefined;
  };

  const result = await tenant.run({ artefact, timeoutMs: RESERVE_MS + 1000 });

  expect(result.status).toBe('partial');
  expect(tenant.valence.requests).toEqual([]);
});

it("F24 a server clock an hour off: a clear error; two minutes behind: nothing is called complete that the server hasn't seen", async () => {
  await using tenant = await newTenant();
  const given = fill(tenant);
  const { clock } = tenant.valence;
  tenant.valence.clock = () => Number(clock()) + 3_600_000;

  const { message } = await tenant.failure();
  tenant.valence.clock = () => Number(clock()) - 120_000;
  const result = await tenant.run();

  expect(message).toContain('(clock-difference)');
  expect(result.streams['audit-logs']?.watermark).toBeLessThanOrEqual(tenant.now() - 119);
  tenant.valence.clock = clock;
  await tenant.run();
  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
});

it('without a Date header the own clock is used', async ({ tenant }) => {
  const given = fill(tenant);
  tenant.valence.clock = () => null;

  const result = await tenant.run();

  expect(result.status).toBe('ok');
  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
});
