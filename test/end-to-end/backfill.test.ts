import { describe, expect } from 'vitest';
import type { BackfillResult } from '../../lambda/forwarder/actions/backfill.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { arrivals, EXACTLY_ONCE } from '../support/arrivals.ts';
import { startArtefact } from '../support/artefact.ts';
import { hoursBack, servedTenantOf } from '../support/backfill-tenant.ts';
import { useForwarder } from '../support/forwarder.ts';
import { added, isMarked } from '../support/logs.ts';
import { alerts, auditRecord, auditRecords } from '../support/records.ts';
import { postedLogs } from '../support/refusals.ts';
import type { InvocationOptions, Tenant } from '../support/tenant.ts';

const { it, newTenant } = useForwarder();
const servedTenant = servedTenantOf(newTenant);

const HOUR = 3600;
const MAX_BATCH_LOGS = 1000;

/** Longer than the lease of an invocation that was given four minutes. */
const LEASE_SECONDS = 300;

const isBackfill = ({ ddtags }: JsonObject) => String(ddtags).split(',').includes('backfill:true');

const backfill = (
  tenant: Tenant,
  range: { from: number; to: number },
  options?: InvocationOptions,
): Promise<BackfillResult> => tenant.act({ action: 'backfill', stream: 'audit-logs', ...range }, options);

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
    expect(tenant.logs('audit-logs').some(isMarked)).toBe(false);
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

    const { missing, excess } = arrivals(tenant, { auditLogs });
    // The batch that was on its way when the process died, and no other.
    expect(excess).toHaveLength(postedLast);
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

  it('a stream that was never served is an error with a fix', async ({ tenant }) => {
    const event = { action: 'backfill', stream: 'alerts', ...hoursBack(tenant, 10, 6) };

    const { name, message } = await tenant.failure({ event });

    expect(name).toBe('RunFailed');
    expect(message).toContain('The backfill of alerts failed (state-none)');
    expect(message).toContain('Fix: Wait for one scheduled run');
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

  it('F76 an empty secret is reported before any request', async ({ tenant }) => {
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
