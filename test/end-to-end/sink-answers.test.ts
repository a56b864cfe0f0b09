import { expect } from 'vitest';
import type { JsonObject } from '../../lambda/shared/json.ts';
import type { Intercept } from '../../tools/stand-ins/http-server.ts';
import { arrivals, EXACTLY_ONCE } from '../support/arrivals.ts';
import { useForwarder } from '../support/forwarder.ts';
import { isMarked } from '../support/logs.ts';
import { alert, alerts, auditRecord, auditRecords } from '../support/records.ts';
import { inOrder, scriptedServer } from '../support/scripted-server.ts';
import type { Tenant } from '../support/tenant.ts';

const { it, newTenant } = useForwarder();

const AUDIT_ONLY = { COLLECT_ALERTS: 'false' };

const DAY_SECONDS = 86_400;

function fill({ valence, now }: Tenant) {
  const given = { alerts: alerts(20, now() - 60, 300), auditLogs: auditRecords(40, now() - 60, 150) };
  valence.alerts.add(given.alerts);
  valence.auditLogs.add(given.auditLogs);
  return given;
}

/** The first `times` posts meet the fault. */
const atFirst = (times: number, fault: Intercept): Intercept => {
  let left = times;
  return (request, answer) => (left-- > 0 ? fault(request, answer) : undefined);
};

it.for([408, 500, 502, 503, 504])(
  'F46 a temporary %i: posted again, marked as possible duplicates',
  async (status, { tenant }) => {
    const given = fill(tenant);
    tenant.datadog.intercept = atFirst(4, () => ({ status }));

    const result = await tenant.run();

    expect(result.status).toBe('ok');
    expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
    expect(tenant.datadog.logs.filter(isMarked).length).toBeGreaterThan(0);
  },
);

it('F46 a temporary 429: posted again without a mark', async ({ tenant }) => {
  const given = fill(tenant);
  tenant.datadog.intercept = atFirst(4, () => ({ status: 429, headers: { 'retry-after': '0' } }));

  await tenant.run();

  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
  expect(tenant.datadog.logs.filter(isMarked)).toEqual([]);
});

it.for([408, 429, 500, 503])(
  'F46 a lasting %i: the run fails, the next one forwards everything',
  async (status, { tenant }) => {
    const given = fill(tenant);
    tenant.datadog.intercept = () => ({ status });

    const { message } = await tenant.failure();
    const noted = await tenant.state('audit-logs');
    tenant.datadog.intercept = undefined;
    await tenant.run();

    expect(message).toContain('alerts failed (datadog-unavailable)');
    expect(message).toContain(String(status));
    expect(Number(noted['watermark'])).toBeLessThan(tenant.now() - 3600);
    expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
    expect(tenant.datadog.logs.filter(isMarked)).toHaveLength(
      status === 429 ? 0 : tenant.datadog.logs.length,
    );
  },
);

it('F46 a 429 with a wait beyond the time left: partial, not a failure', async ({ tenant }) => {
  const given = fill(tenant);
  tenant.datadog.intercept = () => ({ status: 429, headers: { 'retry-after': '3600' } });

  const waiting = await tenant.run();
  tenant.datadog.intercept = undefined;
  await tenant.run();

  expect(waiting).toMatchObject({ status: 'partial', streams: { alerts: { forwarded: 0, error: null } } });
  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
});

it('F48 the connection breaks after the body was accepted: the repeats are marked and carry the same fingerprints', async () => {
  await using tenant = await newTenant({ environment: AUDIT_ONLY });
  const { auditLogs } = fill(tenant);
  tenant.datadog.intercept = atFirst(1, async (_, answer) => {
    await answer();
    return 'reset' as const;
  });

  const result = await tenant.run();

  const fingerprint = ({ valence_forwarder }: JsonObject) => (valence_forwarder as JsonObject)['fingerprint'];
  const logs = tenant.logs('audit-logs');
  const repeats = logs.filter(isMarked);
  const firsts = logs.filter((log) => !repeats.includes(log));
  expect(result.streams['audit-logs']).toMatchObject({ forwarded: 40, error: null });
  expect(arrivals(tenant, { auditLogs }).missing).toEqual([]);
  expect(logs).toHaveLength(40 + repeats.length);
  expect(firsts.map(fingerprint)).toEqual(expect.arrayContaining(repeats.map(fingerprint)));
  expect(new Set(firsts.map(fingerprint)).size).toBe(40);
});

it.for([200, 204])('F50 %i is a success like 202', async (status, { tenant }) => {
  const given = fill(tenant);
  tenant.datadog.intercept = async (_, answer) => {
    await answer();
    return { status };
  };

  const result = await tenant.run();

  expect(result.status).toBe('ok');
  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
});

it.each([301, 404, 415])(
  'F50 %i stops the streams, keeps the watermark, and names address and setting',
  async (status) => {
    await using elsewhere = await scriptedServer(inOrder());
    await using tenant = await newTenant();
    const given = fill(tenant);
    tenant.datadog.intercept = () => ({ status, headers: { location: `${elsewhere.origin}/api/v2/logs` } });

    const { message } = await tenant.failure();
    const noted = await tenant.state('audit-logs');
    tenant.datadog.intercept = undefined;
    await tenant.run();

    expect(message).toContain(`Datadog answered ${status}`);
    expect(message).toContain(`${new URL(tenant.datadog.origin).host}/api/v2/logs`);
    expect(message).toContain('DATADOG_SITE');
    expect(Number(noted['watermark'])).toBeLessThan(tenant.now() - 3600);
    expect(elsewhere.requests).toEqual([]);
    expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
  },
);

it('F49 the intake is down for three days: nothing is lost, old records are re-dated and not tagged', async ({
  tenant,
}) => {
  const { valence, datadog, now } = tenant;
  const before = fill(tenant);
  await tenant.run();
  datadog.intercept = () => ({ status: 503 });
  const during = { alerts: [] as JsonObject[], auditLogs: [] as JsonObject[] };
  for (let halfDay = 1; halfDay <= 6; halfDay++) {
    tenant.travel(DAY_SECONDS / 2);
    const alerted = alert(now() - 60, `outage-${halfDay}`);
    const recorded = [1, 2, 3].map((n) => auditRecord(now() - n * 60, `outage-${halfDay}-${n}`));
    during.alerts.push(alerted);
    during.auditLogs.push(...recorded);
    valence.alerts.add([alerted]);
    valence.auditLogs.add(recorded);
    await tenant.failure();
  }
  datadog.intercept = undefined;
  const acceptedBefore = datadog.logs.length;

  const result = await tenant.run();

  expect(result).toMatchObject({ status: 'ok', streams: { alerts: { caughtUp: true } } });
  expect(
    arrivals(tenant, {
      alerts: [...before.alerts, ...during.alerts],
      auditLogs: [...before.auditLogs, ...during.auditLogs],
    }),
  ).toEqual(EXACTLY_ONCE);
  const late = datadog.logs.slice(acceptedBefore);
  const redated = late.filter(({ valence_forwarder }) => (valence_forwarder as JsonObject)['redated']);
  // The last half day's are younger than 17 hours, and so are those of the one before.
  expect(redated).toHaveLength((4 * late.length) / 6);
  expect(late.filter(({ ddtags }) => String(ddtags).includes('backfill'))).toEqual([]);
  expect(datadog.drops).toMatchObject({ outdated: 0, predated: 0 });
});

it('F52 batches stay below the limits of the intake: 1000 logs and 5 MB', async () => {
  await using tenant = await newTenant({ environment: AUDIT_ONLY });
  const time = tenant.now() - 60;
  const auditLogs = [
    ...Array.from({ length: 12 }, (_, n) => auditRecord(time, `large-${n}`, { blob: 'x'.repeat(900_000) })),
    ...auditRecords(2100, time),
  ];
  tenant.valence.auditLogs.add(auditLogs);

  await tenant.run();

  expect(arrivals(tenant, { auditLogs })).toEqual(EXACTLY_ONCE);
  expect(tenant.datadog.batches).toBe(tenant.datadog.requests.length);
});
