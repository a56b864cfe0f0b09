import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../lambda/shared/json.ts';
import type { Intercept } from '../../tools/stand-ins/http-server.ts';
import { arrivals, EXACTLY_ONCE } from '../support/arrivals.ts';
import { useForwarder } from '../support/forwarder.ts';
import { postedLogs, refusePostsWith } from '../support/poison.ts';
import { ALERT_TYPE, alert, alerts, auditRecord, auditRecords } from '../support/records.ts';
import { inOrder, scriptedServer } from '../support/scripted-server.ts';
import type { Tenant } from '../support/tenant.ts';

const forwarder = useForwarder();

const AUDIT_ONLY = { COLLECT_ALERTS: 'false' };

const DAY_SECONDS = 86_400;

/** Names the records that Datadog must refuse. */
const POISON = 'poison';

function fill({ valence, now }: Tenant) {
  const given = { alerts: alerts(20, now() - 60, 300), auditLogs: auditRecords(40, now() - 60, 150) };
  valence.alerts.add(given.alerts);
  valence.auditLogs.add(given.auditLogs);
  return given;
}

const isProbe = (logs: readonly JsonObject[]) =>
  logs.every(({ ddsource }) => ddsource === 'valence-forwarder');

/** The first `times` posts meet the fault. */
const atFirst = (times: number, fault: Intercept): Intercept => {
  let left = times;
  return (request, answer) => (left-- > 0 ? fault(request, answer) : undefined);
};

const marked = (logs: readonly JsonObject[]) =>
  logs.filter(({ valence_forwarder }) => (valence_forwarder as JsonObject)['possible_duplicate'] === true);

it('F43 one rejected record in a batch: it alone is quarantined, the rest arrives once', async () => {
  await using tenant = await forwarder.tenant();
  const given = fill(tenant);
  const time = tenant.now() - 600;
  const poisonAlert = alert(time, POISON);
  const poisonRecord = auditRecord(time, POISON);
  tenant.valence.alerts.add([poisonAlert]);
  tenant.valence.auditLogs.add([poisonRecord]);
  tenant.datadog.intercept = refusePostsWith(POISON, 400);

  const first = await tenant.run();
  const second = await tenant.run();

  expect(first).toMatchObject({
    status: 'ok',
    streams: {
      alerts: { forwarded: 20, quarantined: 1, error: null },
      'audit-logs': { forwarded: 40, quarantined: 1, error: null },
    },
  });
  expect(second.streams['audit-logs']).toMatchObject({ forwarded: 0, quarantined: 0 });
  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
  const day = new Date(time * 1000).toISOString().slice(0, 10).replaceAll('-', '/');
  const objects = tenant.quarantine();
  expect(Object.keys(objects).map((key) => key.replace(/[0-9a-f]{32}/, 'FINGERPRINT'))).toEqual(
    expect.arrayContaining([
      `forwarder-quarantine/quarantine/acme/alerts/${day}/FINGERPRINT.json.gz`,
      `forwarder-quarantine/quarantine/acme/audit-logs/${day}/FINGERPRINT.json.gz`,
    ]),
  );
  expect(Object.values(objects)).toEqual(
    expect.arrayContaining([
      {
        stream: 'alerts',
        record: poisonAlert,
        alertType: ALERT_TYPE,
        fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
        reason: expect.stringContaining('400'),
        httpStatus: 400,
        quarantinedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      },
      expect.objectContaining({ stream: 'audit-logs', record: poisonRecord, httpStatus: 400 }),
    ]),
  );
});

describe('F44 every record is refused', () => {
  it('and the probe too: the intake is at fault, nothing is given up', async () => {
    await using tenant = await forwarder.tenant({ environment: AUDIT_ONLY });
    const { auditLogs } = fill(tenant);
    tenant.datadog.intercept = () => ({ status: 400 });

    const { message } = await tenant.failure();
    const quarantined = Object.keys(tenant.quarantine());
    tenant.datadog.intercept = undefined;
    await tenant.run();

    expect(message).toContain('audit-logs failed (datadog-refuses-everything)');
    expect(message).toContain('DATADOG_SITE');
    expect(quarantined).toEqual([]);
    expect(arrivals(tenant, { auditLogs })).toEqual(EXACTLY_ONCE);
    expect(marked(tenant.logs('audit-logs'))).toEqual([]);
  });

  it('but the probe is accepted: the records are at fault, quarantine continues', async () => {
    await using tenant = await forwarder.tenant({ environment: AUDIT_ONLY });
    const { auditLogs } = fill(tenant);
    tenant.datadog.intercept = (request) => (isProbe(postedLogs(request)) ? undefined : { status: 400 });

    const result = await tenant.run();

    expect(result).toMatchObject({
      status: 'ok',
      streams: { 'audit-logs': { forwarded: 0, quarantined: 40, caughtUp: true } },
    });
    expect(Object.values(tenant.quarantine()).map(({ record }) => record)).toEqual(
      expect.arrayContaining(auditLogs),
    );
    // One probe for each slice at most; it is no record.
    expect(tenant.datadog.logs.every(({ ddsource }) => ddsource === 'valence-forwarder')).toBe(true);
  });
});

it.each([401, 403])(
  'F45 F51 %i: the streams stop after reading the key once more, nothing is noted',
  async (status) => {
    await using tenant = await forwarder.tenant();
    const given = fill(tenant);
    tenant.datadog.intercept = () => ({ status });

    const { message } = await tenant.failure();
    const posts = tenant.datadog.requests.length;
    tenant.datadog.intercept = undefined;
    tenant.travel(300);
    await tenant.run();

    expect(message).toContain('alerts failed (datadog-refused-key)');
    expect(message).toContain('audit-logs failed (datadog-refused-key)');
    expect(message).toContain('--secret-id datadog-api-key');
    expect(message).toContain('DATADOG_SITE');
    // A post for each slice of each stream.
    expect(posts).toBeLessThanOrEqual(4);
    expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
    expect(marked(tenant.datadog.logs)).toEqual([]);
  },
);

it('F36 the Datadog key is rotated between posts: the run continues with the new one, nothing is repeated', async () => {
  await using tenant = await forwarder.tenant({ environment: AUDIT_ONLY });
  const auditLogs = auditRecords(3000, tenant.now() - 10, 1);
  tenant.valence.auditLogs.add(auditLogs);
  tenant.datadog.intercept = async (_, answer) => {
    const reply = await answer();
    tenant.aws.secretsManager.secrets.set('datadog-api-key', '{"apiKey":"planted-datadog-key-new"}\n');
    tenant.datadog.apiKey = 'planted-datadog-key-new';
    return reply;
  };

  const result = await tenant.run();

  expect(result.status).toBe('ok');
  expect(arrivals(tenant, { auditLogs })).toEqual(EXACTLY_ONCE);
});

it.each([408, 500, 502, 503, 504])(
  'F46 a temporary %i: posted again, marked as possible duplicates',
  async (status) => {
    await using tenant = await forwarder.tenant();
    const given = fill(tenant);
    tenant.datadog.intercept = atFirst(4, () => ({ status }));

    const result = await tenant.run();

    expect(result.status).toBe('ok');
    expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
    expect(marked(tenant.datadog.logs).length).toBeGreaterThan(0);
  },
);

it('F46 a temporary 429: posted again without a mark', async () => {
  await using tenant = await forwarder.tenant();
  const given = fill(tenant);
  tenant.datadog.intercept = atFirst(4, () => ({ status: 429, headers: { 'retry-after': '0' } }));

  await tenant.run();

  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
  expect(marked(tenant.datadog.logs)).toEqual([]);
});

it.each([408, 429, 500, 503])(
  'F46 a lasting %i: the run fails, the next one forwards everything',
  async (status) => {
    await using tenant = await forwarder.tenant();
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
    expect(marked(tenant.datadog.logs)).toHaveLength(status === 429 ? 0 : tenant.datadog.logs.length);
  },
);

it('F46 a 429 with a wait beyond the time left: partial, not a failure', async () => {
  await using tenant = await forwarder.tenant();
  const given = fill(tenant);
  tenant.datadog.intercept = () => ({ status: 429, headers: { 'retry-after': '3600' } });

  const waiting = await tenant.run();
  tenant.datadog.intercept = undefined;
  await tenant.run();

  expect(waiting).toMatchObject({ status: 'partial', streams: { alerts: { forwarded: 0, error: null } } });
  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
});

it('F47 413: the batch is split until it is accepted', async () => {
  await using tenant = await forwarder.tenant({ environment: AUDIT_ONLY });
  const { auditLogs } = fill(tenant);
  tenant.datadog.intercept = (request) => (postedLogs(request).length > 3 ? { status: 413 } : undefined);

  await tenant.run();

  expect(arrivals(tenant, { auditLogs })).toEqual(EXACTLY_ONCE);
  expect(marked(tenant.logs('audit-logs'))).toEqual([]);
});

it('F47 413 to a single log: shrunk and marked; when even that is refused, quarantined', async () => {
  await using tenant = await forwarder.tenant({ environment: { COLLECT_AUDIT_LOGS: 'false' } });
  const time = tenant.now() - 60;
  const [event] = alert(time, '')['events'] as JsonObject[];
  const large = (vuid: string) =>
    alert(time, vuid, { events: [{ ...event, aux: { blob: 'x'.repeat(300_000) } }] });
  tenant.valence.alerts.add([large('shrinks'), large(POISON), alert(time, 'small')]);
  tenant.datadog.intercept = (request) => {
    const logs = JSON.stringify(postedLogs(request));
    return logs.length > 200_000 || logs.includes(POISON) ? { status: 413 } : undefined;
  };

  const result = await tenant.run();

  expect(result.streams.alerts).toMatchObject({ forwarded: 2, quarantined: 1 });
  const shown = Object.fromEntries(
    tenant
      .logs('alerts')
      .map(({ alert, valence_forwarder }) => [
        (alert as JsonObject)['vuid'],
        (valence_forwarder as JsonObject)['shrunk'],
      ]),
  );
  expect(shown).toEqual({ shrinks: true, small: undefined });
  expect(Object.values(tenant.quarantine())).toMatchObject([{ record: large(POISON), httpStatus: 413 }]);
});

it('F48 the connection breaks after the body was accepted: the repeats are marked and carry the same fingerprints', async () => {
  await using tenant = await forwarder.tenant({ environment: AUDIT_ONLY });
  const { auditLogs } = fill(tenant);
  tenant.datadog.intercept = atFirst(1, async (_, answer) => {
    await answer();
    return 'reset' as const;
  });

  const result = await tenant.run();

  const fingerprint = ({ valence_forwarder }: JsonObject) => (valence_forwarder as JsonObject)['fingerprint'];
  const logs = tenant.logs('audit-logs');
  const repeats = marked(logs);
  const firsts = logs.filter((log) => !repeats.includes(log));
  expect(result.streams['audit-logs']).toMatchObject({ forwarded: 40, error: null });
  expect(arrivals(tenant, { auditLogs }).missing).toEqual([]);
  expect(logs).toHaveLength(40 + repeats.length);
  expect(firsts.map(fingerprint)).toEqual(expect.arrayContaining(repeats.map(fingerprint)));
  expect(new Set(firsts.map(fingerprint)).size).toBe(40);
});

it.each([200, 204])('F50 %i is a success like 202', async (status) => {
  await using tenant = await forwarder.tenant();
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
    await using tenant = await forwarder.tenant();
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

it('F49 the intake is down for three days: nothing is lost, old records are re-dated and not tagged', async () => {
  await using tenant = await forwarder.tenant();
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
  await using tenant = await forwarder.tenant({ environment: AUDIT_ONLY });
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
