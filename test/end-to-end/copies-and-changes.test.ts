import { expect } from 'vitest';
import { arrivals, EXACTLY_ONCE } from '../support/arrivals.ts';
import { useForwarder } from '../support/forwarder.ts';
import { alert, alerts, auditRecord, auditRecords } from '../support/records.ts';
import type { Tenant } from '../support/tenant.ts';

const { it, newTenant } = useForwarder();

/** After so long the sweep has gone over everything once more. */
const SWEEP_CYCLE_SECONDS = 3600;

const ALERTS_PATH = '/api/v1/alerts';
const AUDIT_PATH = '/api/v1/audit-logs';

/** Calls `change` once, after the first page of audit records has been answered. */
function betweenPages({ valence }: Tenant, change: () => void): void {
  valence.intercept = async ({ path }, answer) => {
    const reply = await answer();
    if (path === AUDIT_PATH && reply !== 'reset' && String(reply.body).includes('"nextCursor":"')) {
      valence.intercept = undefined;
      change();
    }
    return reply;
  };
}

it.each([
  { where: 'within one page', pageSize: 50 },
  { where: 'across pages', pageSize: 4 },
])('F21 identical records of one second $where: exactly as many as there are', async ({ pageSize }) => {
  await using tenant = await newTenant({ profile: { auditLogs: { pageSize } } });
  const time = tenant.now() - 100;
  const given = {
    auditLogs: [
      ...Array.from({ length: 9 }, () => auditRecord(time, 'nine times')),
      ...Array.from({ length: 2 }, () => auditRecord(time, 'twice')),
      auditRecord(time, 'once'),
    ],
  };
  tenant.valence.auditLogs.add(given.auditLogs);

  await tenant.run();
  await tenant.run();

  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
});

it('F21 one more identical record later: one more log', async ({ tenant }) => {
  const time = tenant.now() - 100;
  const given = Array.from({ length: 4 }, () => auditRecord(time, 'again and again'));
  tenant.valence.auditLogs.add(given.slice(1));
  await tenant.run();
  tenant.valence.auditLogs.add(given.slice(0, 1));
  tenant.travel(SWEEP_CYCLE_SECONDS);

  await tenant.run();

  expect(arrivals(tenant, { auditLogs: given })).toEqual(EXACTLY_ONCE);
});

it('F17 F18 an insertion while pages are read shows a record on two pages: delivered once', async () => {
  await using tenant = await newTenant({
    order: 'descending',
    profile: { alerts: { pageSize: 4 }, auditLogs: { pageSize: 4 } },
  });
  const { valence, now } = tenant;
  const given = { alerts: alerts(10, now() - 100), auditLogs: auditRecords(10, now() - 100) };
  valence.alerts.add(given.alerts);
  valence.auditLogs.add(given.auditLogs);
  const newcomer = { alerts: alert(now() - 20, 'newcomer'), auditLogs: auditRecord(now() - 20, 'newcomer') };
  const waiting = new Set(['alerts', 'auditLogs'] as const);
  valence.intercept = async ({ path }, answer) => {
    const reply = await answer();
    if (reply === 'reset' || !String(reply.body).includes('"nextCursor":"')) return reply;
    // The newest comes first, so all that follows moves on by one and the last record of this page begins the next one.
    const shelf = path === AUDIT_PATH ? 'auditLogs' : 'alerts';
    if (waiting.delete(shelf)) valence[shelf].add([newcomer[shelf]]);
    return reply;
  };

  await tenant.run();
  tenant.travel(SWEEP_CYCLE_SECONDS);
  await tenant.run();

  expect(
    arrivals(tenant, {
      alerts: [...given.alerts, newcomer.alerts],
      auditLogs: [...given.auditLogs, newcomer.auditLogs],
    }),
  ).toEqual(EXACTLY_ONCE);
});

it('F18 an insertion shifts identical records across pages: exact count', async () => {
  await using tenant = await newTenant({
    order: 'descending',
    profile: { auditLogs: { pageSize: 4 } },
  });
  const { valence, now } = tenant;
  const time = now() - 100;
  const twins = Array.from({ length: 6 }, () => auditRecord(time, 'six times'));
  const newcomer = auditRecord(now() - 20, 'newcomer');
  valence.auditLogs.add(twins);
  // The last twin of the first page begins the second, which makes seven of six.
  betweenPages(tenant, () => valence.auditLogs.add([newcomer]));

  await tenant.run();
  tenant.travel(SWEEP_CYCLE_SECONDS);
  await tenant.run();

  expect(valence.intercept).toBeUndefined();
  expect(arrivals(tenant, { auditLogs: [...twins, newcomer] })).toEqual(EXACTLY_ONCE);
});

it.each(['cursor', 'offset', 'page', 'link'] as const)(
  'F20 an order that changes at every page, by %s: the sweep finds hidden records, and each record arrives once',
  async (style) => {
    await using tenant = await newTenant({
      order: 'shuffled',
      profile: { alerts: { pageSize: 4 }, pagination: { style } },
    });
    const { valence, now } = tenant;
    const given = { alerts: alerts(30, now() - 100) };
    valence.alerts.add(given.alerts);
    valence.intercept = async ({ path }, answer) => {
      const reply = await answer();
      if (path !== ALERTS_PATH) return reply;
      // A shuffled list puts a record at a place that goes by when it was filed.
      const all = valence.alerts.all();
      valence.alerts.remove(() => true);
      valence.alerts.add(all);
      return reply;
    };

    await tenant.run();
    const hidden = arrivals(tenant, given);
    valence.intercept = undefined;
    tenant.travel(SWEEP_CYCLE_SECONDS);
    await tenant.run();

    expect(hidden.missing).not.toEqual([]);
    expect(hidden.excess).toEqual([]);
    expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
  },
);

it('F19 a record that a removal hides while pages are read: found by the sweep', async () => {
  await using tenant = await newTenant({ profile: { auditLogs: { pageSize: 4 } } });
  const { valence, now } = tenant;
  const given = auditRecords(10, now() - 100);
  valence.auditLogs.add(given);
  betweenPages(tenant, () => valence.auditLogs.remove(({ details }) => details === given[9]?.['details']));

  await tenant.run();
  const hidden = arrivals(tenant, { auditLogs: given }).missing;
  tenant.travel(SWEEP_CYCLE_SECONDS);
  await tenant.run();

  expect(hidden).toHaveLength(1);
  expect(arrivals(tenant, { auditLogs: given })).toEqual(EXACTLY_ONCE);
});

it('F22 a record that appears late: delivered once, by the sweep', async ({ tenant }) => {
  const { valence, now } = tenant;
  const early = auditRecords(20, now() - 60);
  valence.auditLogs.add(early);
  await tenant.run();
  const late = auditRecord(now() - 1800, 'late');
  valence.auditLogs.add([late]);

  const before = await tenant.run();
  tenant.travel(SWEEP_CYCLE_SECONDS);
  const sweep = await tenant.run();
  tenant.travel(SWEEP_CYCLE_SECONDS);
  const after = await tenant.run();

  const forwarded = [before, sweep, after].map(({ streams }) => streams['audit-logs']?.forwarded);
  expect(forwarded).toEqual([0, 1, 0]);
  expect(arrivals(tenant, { auditLogs: [...early, late] })).toEqual(EXACTLY_ONCE);
});

it('F22 the final watermark follows the watermark at the distance of the look-back', async () => {
  await using tenant = await newTenant({ environment: { LOOKBACK_SECONDS: '600' } });
  await tenant.run();
  tenant.travel(SWEEP_CYCLE_SECONDS);

  const result = await tenant.run();

  const { watermark = 0, finalWatermark = 0 } = result.streams['audit-logs'] ?? {};
  // The search begins some seconds after the moment up to which the watermark went.
  expect(watermark - finalWatermark).toBeGreaterThan(500);
  expect(watermark - finalWatermark).toBeLessThan(SWEEP_CYCLE_SECONDS);
});

it('F23 a record that vanishes and returns: delivered once', async ({ tenant }) => {
  const { valence, now } = tenant;
  const given = auditRecords(5, now() - 60);
  valence.auditLogs.add(given);
  await tenant.run();
  valence.auditLogs.remove(() => true);
  tenant.travel(SWEEP_CYCLE_SECONDS);
  await tenant.run();
  valence.auditLogs.add(given);
  tenant.travel(SWEEP_CYCLE_SECONDS);

  await tenant.run();

  expect(arrivals(tenant, { auditLogs: given })).toEqual(EXACTLY_ONCE);
});
