import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { backfillDefinition } from '../../infra/backfill-definition.ts';
import type { BackfillResult } from '../../lambda/forwarder/actions/backfill.ts';
import type { ReplayResult } from '../../lambda/forwarder/actions/replay.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { RESOURCES } from '../../tools/run-locally/resources.ts';
import { type StateMachine, TaskError } from '../../tools/stand-ins/aws/state-machine/definition.ts';
import { execute } from '../../tools/stand-ins/aws/state-machine/execute.ts';
import { arrivals, EXACTLY_ONCE } from '../support/arrivals.ts';
import { startArtefact } from '../support/artefact.ts';
import { useForwarder } from '../support/forwarder.ts';
import { postedLogs, refusePostsWith } from '../support/poison.ts';
import { alerts, auditRecord, auditRecords, RECORD_CONTENT } from '../support/records.ts';
import type { InvocationOptions, Tenant } from '../support/tenant.ts';

const forwarder = useForwarder();

const HOUR = 3600;
const MAX_BATCH_LOGS = 1000;

/** Longer than the lease of an invocation that was given four minutes. */
const LEASE_SECONDS = 300;

const added = (log: JsonObject) => log['valence_forwarder'] as JsonObject;
const isBackfill = ({ ddtags }: JsonObject) => String(ddtags).split(',').includes('backfill:true');

/** A tenant whose live run has gone by, so that all before the last two hours is open to a backfill. */
async function servedTenant(environment: Record<string, string> = {}) {
  const tenant = await forwarder.tenant({
    profile: { auditLogs: { pageSize: 400 } },
    environment: { LOOKBACK_SECONDS: '0', ...environment },
  });
  await tenant.run();
  return tenant;
}

/** The range that lies `from` to `to` hours back, on whole hours. */
function hoursBack({ now }: Tenant, from: number, to: number) {
  const hour = Math.floor(now() / HOUR);
  return { from: (hour - from) * HOUR, to: (hour - to) * HOUR };
}

const backfill = (
  tenant: Tenant,
  range: { from: number; to: number },
  options?: InvocationOptions,
): Promise<BackfillResult> => tenant.act({ action: 'backfill', stream: 'audit-logs', ...range }, options);

const replay = (tenant: Tenant, prefix?: string): Promise<ReplayResult> =>
  tenant.act({ action: 'replay', ...(prefix && { prefix }) });

describe('a backfill', () => {
  it('forwards a range of the past exactly once, tagged, and nothing when it is repeated', async () => {
    await using tenant = await servedTenant();
    const range = hoursBack(tenant, 10, 6);
    const auditLogs = auditRecords(1200, range.to - 1, 12);
    tenant.valence.auditLogs.add([
      ...auditLogs,
      ...auditRecords(5, range.from - 1),
      auditRecord(range.to, 'x'),
    ]);

    const first = await backfill(tenant, range);
    const second = await backfill(tenant, range);

    expect(first).toMatchObject({ status: 'ok', ...range, coveredTo: range.to, forwarded: 1200 });
    expect(second).toMatchObject({
      status: 'ok',
      forwarded: 0,
      duplicates: 1200,
      skipped: null,
      error: null,
    });
    expect(arrivals(tenant, { auditLogs })).toEqual(EXACTLY_ONCE);
    expect(tenant.logs('audit-logs').every(isBackfill)).toBe(true);
    expect(tenant.logs('audit-logs').some((log) => added(log)['possible_duplicate'])).toBe(false);
  });

  it('forwards alerts with their types', async () => {
    await using tenant = await servedTenant();
    const range = hoursBack(tenant, 10, 6);
    const expected = alerts(20, range.to - 1, 600);
    tenant.valence.alerts.add(expected);

    const result = await tenant.act<BackfillResult>({ action: 'backfill', stream: 'alerts', ...range });

    expect(result).toMatchObject({ status: 'ok', forwarded: 20 });
    expect(arrivals(tenant, { alerts: expected })).toEqual(EXACTLY_ONCE);
    expect(tenant.logs('alerts').every((log) => 'alert_type_details' in log)).toBe(true);
  });

  it('stops at the range of the live run, and moves no watermark', async () => {
    await using tenant = await servedTenant();
    const before = await tenant.state('audit-logs');
    const { from } = hoursBack(tenant, 3, 0);

    const result = await backfill(tenant, { from, to: tenant.now() + HOUR });

    expect(result).toMatchObject({ status: 'ok', to: Number(before['finalWatermark']) });
    expect(result.coveredTo).toBe(result.to);
    // It only counts on the fence of ledger chunks.
    expect(await tenant.state('audit-logs')).toEqual({ ...before, ledgerFence: expect.any(String) });
  });

  it('concurrent with a live run and another backfill: each record once', async () => {
    await using tenant = await servedTenant();
    tenant.travel(2 * HOUR);
    const range = hoursBack(tenant, 12, 5);
    const past = auditRecords(1400, range.to - 1, 17);
    const fresh = auditRecords(600, tenant.now() - 1, 10);
    tenant.valence.auditLogs.add([...past, ...fresh]);

    const [live, ...backfills] = await Promise.all([
      tenant.run(),
      backfill(tenant, range),
      backfill(tenant, range),
    ]);
    const last = await backfill(tenant, range);

    expect(live.streams['audit-logs']).toMatchObject({ forwarded: 600, skipped: null, error: null });
    // Whether the two meet in one hour is up to the machine; between them they fill what they say, once.
    const filled = backfills.map(({ forwarded }) => forwarded).reduce((sum, count) => sum + count, 0);
    expect(filled + last.forwarded).toBe(1400);
    for (const { skipped, error, coveredTo } of backfills) {
      expect(error).toBeNull();
      expect(skipped).toBe(coveredTo < range.to ? 'lease-held' : null);
    }
    expect(last).toMatchObject({ coveredTo: range.to });
    expect(arrivals(tenant, { auditLogs: [...past, ...fresh] })).toEqual(EXACTLY_ONCE);
  });

  it('F66 F67 killed after a post and resumed: it loses nothing and repeats at most one batch, marked', async () => {
    await using tenant = await servedTenant();
    const range = hoursBack(tenant, 10, 6);
    const auditLogs = auditRecords(3500, range.to - 1, 4);
    tenant.valence.auditLogs.add(auditLogs);
    const victim = startArtefact();
    let posts = 0;
    let postedLast = 0;
    tenant.datadog.intercept = async (request, answer) => {
      if (++posts !== 2) return undefined;
      postedLast = postedLogs(request).length;
      await answer();
      victim.kill();
      return 'reset';
    };

    await expect(backfill(tenant, range, { artefact: victim })).rejects.toThrow('The process ended');
    tenant.datadog.intercept = undefined;
    const tooSoon = await backfill(tenant, range);
    tenant.travel(LEASE_SECONDS);
    const resumed = await backfill(tenant, { ...range, from: tooSoon.coveredTo });

    const { missing, surplus } = arrivals(tenant, { auditLogs });
    // The batch that was on its way when the process died, and no other.
    expect(surplus).toHaveLength(postedLast);
    expect(postedLast).toBeGreaterThan(0);
    expect(postedLast).toBeLessThanOrEqual(MAX_BATCH_LOGS);
    expect(tooSoon).toMatchObject({ skipped: 'lease-held' });
    expect(tooSoon.coveredTo).toBeLessThan(range.to);
    expect(resumed).toMatchObject({ status: 'ok', coveredTo: range.to });
    expect(missing).toEqual([]);
    const seen = new Set<unknown>();
    for (const { fingerprint, possible_duplicate } of tenant.logs('audit-logs').map(added)) {
      if (seen.has(fingerprint)) expect(possible_duplicate).toBe(true);
      seen.add(fingerprint);
    }
  });

  it('a stream that was never served is an error with a fix', async () => {
    await using tenant = await forwarder.tenant();
    const event = { action: 'backfill', stream: 'alerts', ...hoursBack(tenant, 10, 6) };

    const { name, message } = await tenant.failure({ event });

    expect(name).toBe('RunFailed');
    expect(message).toContain('The backfill of alerts failed (state-none)');
    expect(message).toContain('Fix: Let the scheduled run go through once');
  });

  it('F45 a refused key fails the invocation, naming stream, code and fix; no progress is reported', async () => {
    await using tenant = await servedTenant();
    const range = hoursBack(tenant, 10, 6);
    const auditLogs = auditRecords(10, range.to - 1);
    tenant.valence.auditLogs.add(auditLogs);
    tenant.datadog.intercept = () => ({ status: 403 });

    const { name, message } = await tenant.failure({
      event: { action: 'backfill', stream: 'audit-logs', ...range },
    });
    tenant.datadog.intercept = undefined;
    await backfill(tenant, range);

    expect(name).toBe('RunFailed');
    expect(message).toContain('The backfill of audit-logs failed (datadog-refused-key)');
    expect(arrivals(tenant, { auditLogs })).toEqual(EXACTLY_ONCE);
  });

  it('F76 an empty secret is reported before any request', async () => {
    await using tenant = await forwarder.tenant();
    tenant.aws.secretsManager.secrets.set('datadog-api-key', '');

    const failures = await Promise.all([
      tenant.failure({ event: { action: 'backfill', stream: 'audit-logs', ...hoursBack(tenant, 10, 6) } }),
      tenant.failure({ event: { action: 'replay' } }),
    ]);

    for (const { message } of failures) expect(message).toContain('datadog-api-key');
    expect(tenant.valence.requests).toEqual([]);
    expect(tenant.writes()).toBe(0);
  });
});

describe('a backfill by the state machine', () => {
  const definition = backfillDefinition({
    functionArn: 'function',
    invokeArn: 'invoke',
    concurrency: 3,
  }) as StateMachine;

  const executeOver = (tenant: Tenant, input: object, options?: InvocationOptions) =>
    execute(definition, input, {
      invoke: async (payload) => {
        try {
          return await tenant.act(payload as object, options);
        } catch (error) {
          throw new TaskError('RunFailed', String(error));
        }
      },
    }) as Promise<JsonObject>;

  it('concurrent slices and a live run: each record once, and nothing when repeated', async () => {
    await using tenant = await servedTenant();
    const range = hoursBack(tenant, 16, 4);
    const auditLogs = auditRecords(1500, range.to - 1, 28);
    tenant.valence.auditLogs.add(auditLogs);
    const input = { stream: 'audit-logs', ...range };

    const [first] = await Promise.all([executeOver(tenant, input), tenant.run()]);
    const second = await executeOver(tenant, input);

    expect(first).toMatchObject({ ...range, slices: 12, done: 12, forwarded: 1500, failures: [] });
    expect(second).toMatchObject({ done: 12, forwarded: 0, duplicates: 1500, failures: [] });
    expect(arrivals(tenant, { auditLogs })).toEqual(EXACTLY_ONCE);
  });

  it('a slice that Valence fails is in the result; starting the same backfill again completes it', async () => {
    await using tenant = await servedTenant();
    const range = hoursBack(tenant, 10, 6);
    const auditLogs = auditRecords(400, range.to - 1, 36);
    tenant.valence.auditLogs.add(auditLogs);
    const broken = range.from + HOUR;
    tenant.valence.intercept = ({ query }) =>
      Number(query.get('from')) === broken - 1 ? { status: 404 } : undefined;
    const input = { stream: 'audit-logs', ...range };

    const first = await executeOver(tenant, input);
    tenant.valence.intercept = undefined;
    const second = await executeOver(tenant, input);

    expect(first).toMatchObject({ slices: 4, done: 3, failures: [{ from: broken, to: broken + HOUR }] });
    expect(JSON.stringify(first)).toContain('The backfill of audit-logs failed');
    expect(second).toMatchObject({ slices: 4, done: 4, failures: [] });
    expect(arrivals(tenant, { auditLogs })).toEqual(EXACTLY_ONCE);
  });
});

const keysIn = ({ aws }: Tenant) => [...aws.s3.objects.keys()];

/** Puts an object into the bucket, as an attacker or a careless person might. */
async function place({ aws }: Tenant, key: string, content: Uint8Array): Promise<string> {
  const path = `${RESOURCES.QUARANTINE_BUCKET}/${key}`;
  await fetch(`${aws.s3.origin}/${path}`, { method: 'PUT', body: new Uint8Array(content) });
  return path;
}

/** A tenant with so many quarantined audit records, beside one that was accepted. */
async function tenantWithQuarantine(count: number) {
  const tenant = await forwarder.tenant();
  const time = tenant.now() - 60;
  const poisoned = Array.from({ length: count }, (_, n) => auditRecord(time - n, `poison-${n}`));
  const good = auditRecord(time, 'good');
  tenant.valence.auditLogs.add([...poisoned, good]);
  tenant.datadog.intercept = refusePostsWith('poison-', 400);
  await tenant.run();
  expect(keysIn(tenant)).toHaveLength(count);
  return Object.assign(tenant, { good, poisoned });
}

describe('a replay', () => {
  it('sends records that the intake now accepts, marked, and deletes them only afterwards', async () => {
    await using tenant = await tenantWithQuarantine(3);
    const presentAtPost: number[] = [];
    tenant.datadog.intercept = async (_, answer) => {
      const reply = await answer();
      presentAtPost.push(keysIn(tenant).length);
      return reply;
    };

    const result = await replay(tenant);
    const again = await replay(tenant);
    const next = await tenant.run();

    expect(result).toEqual({ objects: 3, sent: 3, remaining: 0 });
    expect(again).toEqual({ objects: 0, sent: 0, remaining: 0 });
    expect(presentAtPost[0]).toBe(3);
    expect(keysIn(tenant)).toEqual([]);
    expect(next.streams['audit-logs']).toMatchObject({ forwarded: 0, quarantined: 0 });
    expect(arrivals(tenant, { auditLogs: [tenant.good, ...tenant.poisoned] })).toEqual(EXACTLY_ONCE);
    const replayed = tenant.logs('audit-logs').filter(({ details }) => String(details).includes('poison-'));
    expect(replayed.every((log) => added(log)['possible_duplicate'] === true)).toBe(true);
    expect(replayed.some(isBackfill)).toBe(false);
  });

  it('keeps a record that is refused again, and sends the others', async () => {
    await using tenant = await tenantWithQuarantine(12);
    const before = tenant.quarantine();
    tenant.datadog.intercept = refusePostsWith('poison-7', 400);

    const result = await replay(tenant);

    expect(result).toEqual({ objects: 12, sent: 11, remaining: 1 });
    const left = Object.values(tenant.quarantine());
    expect(left).toEqual(
      Object.values(before).filter((object) => JSON.stringify(object).includes('poison-7')),
    );
  });

  it('F44 deletes nothing when the intake refuses everything', async () => {
    await using tenant = await tenantWithQuarantine(9);
    tenant.datadog.intercept = () => ({ status: 400 });

    const { message } = await tenant.failure({ event: { action: 'replay' } });

    expect(message).toContain('The replay failed (datadog-refuses-everything)');
    expect(keysIn(tenant)).toHaveLength(9);
  });

  it('F48 sends a record whose answer was lost again in the next replay, and deletes it then', async () => {
    await using tenant = await tenantWithQuarantine(2);
    tenant.datadog.intercept = async (_, answer) => {
      await answer();
      return 'reset' as const;
    };
    await tenant.failure({ event: { action: 'replay' }, timeoutMs: 7_000 });
    expect(keysIn(tenant)).toHaveLength(2);
    tenant.datadog.intercept = undefined;

    expect(await replay(tenant)).toEqual({ objects: 2, sent: 2, remaining: 0 });
    expect(arrivals(tenant, { auditLogs: [tenant.good, ...tenant.poisoned] }).missing).toEqual([]);
  });

  it('F74 fails when an object cannot be deleted, and sends it again next time', async () => {
    await using tenant = await tenantWithQuarantine(2);
    tenant.datadog.intercept = undefined;
    tenant.aws.s3.intercept = ({ method }) => (method === 'DELETE' ? { status: 403 } : undefined);

    const { message } = await tenant.failure({ event: { action: 'replay' } });
    tenant.aws.s3.intercept = undefined;

    expect(message).toContain('The replay failed (quarantine-denied)');
    expect(message).toContain('s3:DeleteObject');
    expect(await replay(tenant)).toEqual({ objects: 2, sent: 2, remaining: 0 });
  });

  it('re-dates an old record', async () => {
    await using tenant = await tenantWithQuarantine(1);
    tenant.datadog.intercept = undefined;
    tenant.travel(3 * 24 * HOUR);

    await replay(tenant);

    const log = tenant.logs('audit-logs').at(-1) as JsonObject;
    expect(added(log)).toMatchObject({ redated: true, event_time: tenant.poisoned[0]?.['timeEpoch'] });
    expect(log).not.toHaveProperty('timeEpoch');
  });

  it('stays within its prefix, and never touches objects of another tenant', async () => {
    await using tenant = await tenantWithQuarantine(2);
    tenant.datadog.intercept = undefined;
    const [one = ''] = keysIn(tenant);
    const prefix = one.replace(`${RESOURCES.QUARANTINE_BUCKET}/`, '');
    const neighbour = await place(tenant, prefix.replace('/acme/', '/acme-europe/'), gzipSync('{}'));

    expect(await replay(tenant, prefix)).toEqual({ objects: 1, sent: 1, remaining: 0 });
    expect(await replay(tenant)).toEqual({ objects: 1, sent: 1, remaining: 0 });
    expect(keysIn(tenant)).toEqual([neighbour]);
  });

  it('continues after the given key, and refuses an invalid key', async () => {
    await using tenant = await tenantWithQuarantine(3);
    tenant.datadog.intercept = undefined;
    const [first = '', second = ''] = keysIn(tenant).toSorted();
    const after = second.replace(`${RESOURCES.QUARANTINE_BUCKET}/`, '');

    const result = await tenant.act<ReplayResult>({ action: 'replay', after });
    const refused = await tenant.failure({ event: { action: 'replay', after: 7 } });

    expect(result).toEqual({ objects: 1, sent: 1, remaining: 0 });
    expect(keysIn(tenant).toSorted()).toEqual([first, second]);
    expect(refused).toMatchObject({ name: 'ActionError', message: expect.stringContaining('after') });
  });

  it('keeps hostile objects, names only their keys, and continues', async () => {
    await using tenant = await tenantWithQuarantine(1);
    tenant.datadog.intercept = undefined;
    const [good] = Object.values(tenant.quarantine()) as [JsonObject];
    const zipped = (value: unknown) => gzipSync(JSON.stringify(value));
    const hostile = {
      'no-gzip': Buffer.from(RECORD_CONTENT),
      'no-json': gzipSync(RECORD_CONTENT),
      nothing: Buffer.alloc(0),
      bomb: gzipSync(Buffer.alloc(60_000_000, ' ')),
      list: zipped([good]),
      'no-record': zipped({ ...good, record: RECORD_CONTENT }),
      'other-stream': zipped({ ...good, stream: RECORD_CONTENT }),
      'other-fingerprint': zipped({ ...good, fingerprint: `"${RECORD_CONTENT}` }),
    };
    const placed = await Promise.all(
      Object.entries(hostile).map(([name, content]) =>
        place(tenant, `quarantine/acme/audit-logs/2025/01/01/${name}.json.gz`, content),
      ),
    );
    const before = forwarder.transcript().length;

    const result = await replay(tenant);

    const written = forwarder.transcript().slice(before);
    expect(result).toEqual({ objects: 9, sent: 1, remaining: 8 });
    expect(keysIn(tenant).toSorted()).toEqual(placed.toSorted());
    for (const name of Object.keys(hostile)) expect(written).toContain(`/${name}.json.gz`);
    expect(written).not.toContain(RECORD_CONTENT);
  });

  it('F30 F31 returns a record unchanged from quarantine: every digit, every odd key', async () => {
    await using tenant = await forwarder.tenant();
    const text = `{"fingerprint":"${'a'.repeat(32)}","httpStatus":400,"quarantinedAt":"2026-01-01T00:00:00.000Z","reason":"x","record":{"__proto__":{"polluted":true},"actor":"\\ud800","big":12345678901234567890,"details":"d","timeEpoch":${tenant.now()}},"stream":"audit-logs"}`;
    await place(tenant, 'quarantine/acme/audit-logs/x.json.gz', gzipSync(text));
    let posted = '';
    tenant.datadog.intercept = (request) => {
      posted = gunzipSync(request.body).toString();
      return undefined;
    };

    expect(await replay(tenant)).toMatchObject({ sent: 1 });
    expect(posted).toContain('"__proto__":{"polluted":true}');
    expect(posted).toContain('"big":12345678901234567890');
    expect(posted).toContain('"actor":"\\ud800"');
  });

  it('sends more than one post can hold in several posts', async () => {
    await using tenant = await forwarder.tenant();
    const time = tenant.now() - 60;
    await Promise.all(
      Array.from({ length: 1100 }, (_, n) => {
        const fingerprint = n.toString(16).padStart(32, '0');
        const object = {
          stream: 'audit-logs',
          record: auditRecord(time, `poison-${n}`),
          fingerprint,
          reason: 'x',
          httpStatus: 400,
          quarantinedAt: '2026-01-01T00:00:00.000Z',
        };
        return place(
          tenant,
          `quarantine/acme/audit-logs/2026/01/01/${fingerprint}.json.gz`,
          gzipSync(JSON.stringify(object)),
        );
      }),
    );

    expect(await replay(tenant)).toEqual({ objects: 1100, sent: 1100, remaining: 0 });
    expect(tenant.datadog.batches).toBe(2);
    expect(keysIn(tenant)).toEqual([]);
  });
});
