import { expect } from 'vitest';
import type { JsonObject } from '../../lambda/shared/json.ts';
import type { Intercept, Reply } from '../../tools/stand-ins/http-server.ts';
import { arrivals, EXACTLY_ONCE, unmarkedRepeats } from '../support/arrivals.ts';
import { useForwarder } from '../support/forwarder.ts';
import { isProbe } from '../support/logs.ts';
import { alert, alerts, auditRecord, auditRecords } from '../support/records.ts';
import { postedLogs, refusePostsWith } from '../support/refusals.ts';
import type { Tenant } from '../support/tenant.ts';

const { it, newTenant } = useForwarder();

const AUDIT_ONLY = { COLLECT_ALERTS: 'false' };

/** Names the records that something between the forwarder and Datadog dislikes. */
const DISLIKED = 'disliked';

/** Forty audit records of one slice, with the disliked ones among them. */
function fill(tenant: Tenant, disliked: readonly number[] = []) {
  const newest = tenant.now() - 600;
  const auditLogs = auditRecords(40 - disliked.length, newest, 20);
  const bad = disliked.map((place) => auditRecord(newest - place * 20 - 10, `${DISLIKED}-${place}`));
  tenant.valence.auditLogs.add([...auditLogs, ...bad]);
  return { auditLogs, bad };
}

/** How often each record arrived. */
function copiesOf({ logs }: Tenant): Map<unknown, number> {
  const copies = new Map<unknown, number>();
  for (const { details } of logs('audit-logs')) copies.set(details, (copies.get(details) ?? 0) + 1);
  return copies;
}

const mostCopies = (tenant: Tenant) => Math.max(...copiesOf(tenant).values());

/** Answers in the given way to every post that fails, whatever the stand-in's own answer; with or without storing its logs. */
const failing =
  (isFailing: (logs: JsonObject[]) => boolean, stores: boolean, reply: Reply): Intercept =>
  async (request, answer) => {
    const logs = postedLogs(request);
    if (logs.every(isProbe) || !isFailing(logs)) return undefined;
    if (stores) await answer();
    return reply;
  };

const holdsDisliked = (logs: JsonObject[]) => JSON.stringify(logs).includes(DISLIKED);

it.for([403, 404, 406, 409, 422, 451])(
  'F103 a firewall that answers %i because of one record: that is quarantined, the rest arrives once',
  async (status, { tenant }) => {
    const given = { alerts: alerts(20, tenant.now() - 600, 300), auditLogs: fill(tenant, [17]).auditLogs };
    tenant.valence.alerts.add([...given.alerts, alert(tenant.now() - 900, DISLIKED)]);
    tenant.datadog.intercept = refusePostsWith(DISLIKED, status);

    const first = await tenant.run();
    const posts = tenant.datadog.requests.length;
    const second = await tenant.run();

    expect(first).toMatchObject({
      status: 'ok',
      streams: {
        alerts: { forwarded: 20, quarantined: 1, caughtUp: true },
        'audit-logs': { forwarded: 39, quarantined: 1, caughtUp: true },
      },
    });
    expect(second.streams).toMatchObject({
      alerts: { forwarded: 0, quarantined: 0 },
      'audit-logs': { forwarded: 0, quarantined: 0 },
    });
    expect(tenant.datadog.requests).toHaveLength(posts);
    expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
    expect(Object.values(tenant.quarantine()).map(({ httpStatus }) => httpStatus)).toEqual([status, status]);
    expect(tenant.datadog.logs.filter((log) => isProbe(log)).length).toBeLessThanOrEqual(4);
  },
);

it.for([
  ['the first', [0]],
  ['the last', [39]],
  ['the only one', Array.from({ length: 40 }, (_, place) => place)],
] as const)('F103 the record that a firewall dislikes is %s', async ([, disliked], { tenant }) => {
  const { auditLogs } = fill(tenant, disliked);
  tenant.datadog.intercept = refusePostsWith(DISLIKED, 403);

  const result = await tenant.run();

  expect(result).toMatchObject({
    status: 'ok',
    streams: { 'audit-logs': { forwarded: 40 - disliked.length, quarantined: disliked.length } },
  });
  expect(arrivals(tenant, { auditLogs })).toEqual(EXACTLY_ONCE);
});

it.for([
  ['after storing them', true],
  ['without storing them', false],
] as const)(
  'F103 a server that answers 500 %s to all batches with one certain record: few copies, marked, however many runs',
  async ([, stores]) => {
    await using tenant = await newTenant({ environment: AUDIT_ONLY });
    const { auditLogs, bad } = fill(tenant, [17]);
    tenant.datadog.intercept = failing(holdsDisliked, stores, { status: 500 });

    const results = [];
    for (let run = 0; run < 4; run++) {
      results.push(await tenant.run());
      tenant.travel(300);
    }

    expect(results[0]).toMatchObject({
      status: 'ok',
      streams: { 'audit-logs': { forwarded: 39, quarantined: 1 } },
    });
    for (const later of results.slice(1)) {
      expect(later.streams['audit-logs']).toMatchObject({ forwarded: 0, quarantined: 0 });
    }
    expect(Object.values(tenant.quarantine())).toMatchObject([{ record: bad[0], httpStatus: 500 }]);
    expect(arrivals(tenant, { auditLogs }).missing).toEqual([]);
    expect(unmarkedRepeats(tenant.logs('audit-logs'))).toEqual([]);
    // Twice in the whole batch, once in each smaller batch (20, 10, 5, 3, 2), and alone: once, or the certain one three times.
    expect(mostCopies(tenant)).toBeLessThanOrEqual(stores ? 10 : 1);
    expect(tenant.logs('audit-logs').length).toBeLessThanOrEqual(stores ? 165 : 39);
  },
);

it('F103 a server that answers 500 to batches above a size after storing them: smaller batches from then on', async () => {
  await using tenant = await newTenant({ environment: AUDIT_ONLY });
  const { auditLogs } = fill(tenant);
  tenant.datadog.intercept = failing((logs) => logs.length > 6, true, { status: 500 });

  const first = await tenant.run();
  const copies = mostCopies(tenant);
  // A new slice, in which the cap of five has doubled.
  tenant.travel(3600);
  const later = auditRecords(20, tenant.now() - 60, 20).map((record, n) => ({
    ...record,
    details: `later ${n}`,
  }));
  tenant.valence.auditLogs.add(later);
  const second = await tenant.run();

  expect([first.status, second.status]).toEqual(['ok', 'ok']);
  expect(arrivals(tenant, { auditLogs: [...auditLogs, ...later] }).missing).toEqual([]);
  expect(unmarkedRepeats(tenant.logs('audit-logs'))).toEqual([]);
  expect(copies).toBeLessThanOrEqual(5);
  expect(mostCopies(tenant)).toBeLessThanOrEqual(5);
  expect(tenant.quarantine()).toEqual({});
});

it('F103 a server that never answers batches above a size, in runs too short to wait for it: smaller from run to run', async () => {
  await using tenant = await newTenant({ environment: AUDIT_ONLY });
  // All in one second, so that shorter slices do not make the batches smaller.
  const auditLogs = auditRecords(40, tenant.now() - 600, 0);
  tenant.valence.auditLogs.add(auditLogs);
  tenant.datadog.intercept = async (request, answer) => {
    const logs = postedLogs(request);
    if (logs.length <= 10) return undefined;
    await answer();
    return new Promise<Reply>(() => undefined);
  };

  const statuses: string[] = [];
  for (let run = 0; run < 4; run++) {
    const { status } = await tenant.run({ timeoutMs: 7_000 });
    statuses.push(status);
    tenant.travel(300);
  }

  expect(statuses).toEqual(['partial', 'partial', 'partial', 'ok']);
  expect(arrivals(tenant, { auditLogs }).missing).toEqual([]);
  expect(unmarkedRepeats(tenant.logs('audit-logs'))).toEqual([]);
  // Whole in two runs, half in the third, a quarter in the last.
  expect(mostCopies(tenant)).toBe(4);
});
