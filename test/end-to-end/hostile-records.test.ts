import { gunzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { noneDropped } from '../../tools/stand-ins/datadog/limits.ts';
import { arrivals, EXACTLY_ONCE } from '../support/arrivals.ts';
import { useForwarder } from '../support/forwarder.ts';
import { added } from '../support/logs.ts';
import { alert, auditRecord } from '../support/records.ts';
import type { Tenant, TenantOptions } from '../support/tenant.ts';

const { it, newTenant } = useForwarder();

const ALERTS_PATH = '/api/v1/alerts';
const AUDIT_PATH = '/api/v1/audit-logs';

/** A tenant with one harmless record next to those that a test adds: hostile records must not affect it. */
async function tenantWithNeighbour(options?: TenantOptions) {
  const tenant = await newTenant(options);
  const neighbour = auditRecord(tenant.now() - 30, 'neighbour');
  tenant.valence.auditLogs.add([neighbour]);
  return Object.assign(tenant, { neighbour });
}

/** Answers every request for a path with one page of raw text. */
function serveRaw({ valence }: Tenant, path: string, page: () => string): void {
  valence.intercept = (request) => {
    if (request.path !== path) return undefined;
    const date = new Date(valence.clock() ?? 0).toUTCString();
    return { status: 200, headers: { 'content-type': 'application/json', date }, body: page() };
  };
}

describe('F25 times of every kind', () => {
  it('milliseconds, microseconds, fractions and text arrive as whole seconds, each record once', async () => {
    await using tenant = await tenantWithNeighbour();
    const time = tenant.now() - 60;
    const forms = {
      ms: time * 1000,
      us: time * 1e6,
      fraction: time + 0.7,
      text: String(time),
      iso: new Date(time * 1000).toISOString(),
    };
    const records = Object.entries(forms).map(([name, timeEpoch]) => auditRecord(time, name, { timeEpoch }));
    for (const record of records) tenant.valence.auditLogs.add([record], time);

    await tenant.run();
    await tenant.run();

    expect(arrivals(tenant, { auditLogs: [tenant.neighbour, ...records] })).toEqual(EXACTLY_ONCE);
    const times = tenant.logs('audit-logs').filter(({ details }) => details !== tenant.neighbour['details']);
    expect(times.map(({ timeEpoch }) => timeEpoch)).toEqual(records.map(() => time));
  });

  it('negative, zero, null, missing and nonsense: delivered once, flagged, and without a date', async () => {
    await using tenant = await tenantWithNeighbour();
    const odd = { negative: -5, zero: 0, null: null, nonsense: 'yesterday', object: {}, missing: undefined };
    const records = Object.entries(odd).map(([name, timeEpoch]) => auditRecord(0, name, { timeEpoch }));
    tenant.valence.auditLogs.add(records, Number.NaN);

    await tenant.run();
    tenant.travel(3600);
    await tenant.run();

    expect(arrivals(tenant, { auditLogs: [tenant.neighbour, ...records] })).toEqual(EXACTLY_ONCE);
    const flagged = tenant
      .logs('audit-logs')
      .filter((log) => added(log)['timestamp_invalid'] && added(log)['redated']);
    expect(flagged).toHaveLength(records.length);
    expect(flagged.filter((log) => 'timeEpoch' in log)).toEqual([]);
  });

  it('a record of the year 2100 is delivered once and moves no watermark', async () => {
    await using tenant = await tenantWithNeighbour();
    const record = auditRecord(4_102_444_800, 'far ahead');
    tenant.valence.auditLogs.add([record], Number.NaN);

    const result = await tenant.run();
    tenant.travel(3600);
    await tenant.run();

    expect(result.streams['audit-logs']?.watermark).toBeLessThanOrEqual(tenant.now());
    expect(arrivals(tenant, { auditLogs: [tenant.neighbour, record] })).toEqual(EXACTLY_ONCE);
    expect(tenant.datadog.drops).toEqual(noneDropped());
  });
});

it('F26 alerts without an id are distinguished by their content', async ({ tenant }) => {
  const time = tenant.now() - 60;
  tenant.valence.alerts.add([
    alert(time, '', { summaryLine: 'first' }),
    alert(time, '', { summaryLine: 'second', vuid: undefined }),
    alert(time, '', { summaryLine: 'third', vuid: null }),
    alert(time, '', { summaryLine: 'fourth', vuid: 7 }),
  ]);

  await tenant.run();
  tenant.travel(3600);
  await tenant.run();

  expect(
    tenant
      .logs('alerts')
      .map(({ message }) => message)
      .toSorted(),
  ).toEqual(['first', 'fourth', 'second', 'third']);
});

it('F27 F83 undocumented fields are kept where they cannot override Datadog’s names', async ({ tenant }) => {
  const extra = {
    status: 'error',
    host: 'evil',
    service: 'other',
    timestamp: 1,
    ddtags: 'x:y',
    ddsource: 'other',
    date: 3,
    deep: { er: [1] },
  };
  tenant.valence.auditLogs.add([auditRecord(tenant.now() - 60, 'extra', extra)]);
  tenant.valence.alerts.add([alert(tenant.now() - 60, 'extra', { unheardOf: { of: true } })]);

  await tenant.run();

  const [log] = tenant.logs('audit-logs');
  expect(log).toMatchObject({
    ddsource: 'valence-security',
    service: 'audit-logs',
    valence_forwarder: { extra },
  });
  for (const name of ['status', 'host', 'timestamp', 'date', 'deep']) expect(log).not.toHaveProperty(name);
  expect(tenant.logs('alerts')).toMatchObject([{ alert: { unheardOf: { of: true } } }]);
});

it('F28 an alert of more than 1 MB is shrunk to a size that Datadog does not truncate', async ({
  tenant,
}) => {
  const time = tenant.now() - 60;
  const [event] = alert(time, '')['events'] as JsonObject[];
  tenant.valence.alerts.add([
    alert(time, 'huge', {
      events: [event, { ...event, eventId: 'event-2', aux: { blob: 'x'.repeat(2_000_000) } }],
    }),
  ]);

  await tenant.run();
  await tenant.run();

  expect(tenant.logs('alerts')).toMatchObject([
    { alert: { vuid: 'huge', events: [event, { eventId: 'event-2' }] }, valence_forwarder: { shrunk: true } },
  ]);
  expect(tenant.datadog.drops).toEqual(noneDropped());
});

it('F30 lone surrogates, NUL, emoji and prototype keys: no crash, no pollution, each record once', async () => {
  await using tenant = await tenantWithNeighbour();
  const time = tenant.now() - 60;
  const page = JSON.stringify({
    items: [
      auditRecord(time, 'lone \ud800 surrogate'),
      auditRecord(time, 'NUL \0 in the middle'),
      auditRecord(time, '👩‍👩‍👧 family'),
      auditRecord(time, 'proto', {
        PROTO: { polluted: true },
        constructor: { prototype: { polluted: true } },
      }),
      tenant.neighbour,
    ],
    nextCursor: null,
  }).replace('"PROTO"', '"__proto__"');
  serveRaw(tenant, AUDIT_PATH, () => page);

  const first = await tenant.run();
  tenant.travel(60);
  const second = await tenant.run();

  expect(first.streams['audit-logs']).toMatchObject({ forwarded: 5, quarantined: 0 });
  expect(second.streams['audit-logs']?.forwarded).toBe(0);
  const polluted = tenant.logs('audit-logs').filter((log) => 'polluted' in log || 'polluted' in added(log));
  expect(polluted).toEqual([]);
  expect(tenant.logs('audit-logs').map(({ details }) => details)).toEqual(
    expect.arrayContaining([expect.stringContaining('👩‍👩‍👧 family'), expect.stringContaining('NUL \0 in')]),
  );
});

it('F31 integers beyond 2^53 that differ in the last digit are two records, and neither is rounded', async ({
  tenant,
}) => {
  const time = tenant.now() - 60;
  const page = JSON.stringify({
    items: [
      auditRecord(time, 'big', { number: 'N1' }),
      auditRecord(time, 'big', { number: 'N2' }),
      auditRecord(time, 'big', { number: 'N3' }),
    ],
  })
    .replace('"N1"', '9007199254740993')
    .replace('"N2"', '9007199254740992')
    .replace('"N3"', '1e400');
  serveRaw(tenant, AUDIT_PATH, () => page);
  const bodies: string[] = [];
  tenant.datadog.intercept = ({ body }) => {
    bodies.push(gunzipSync(body).toString());
    return undefined;
  };

  const first = await tenant.run();
  tenant.travel(3600);
  const second = await tenant.run();

  expect(first.streams['audit-logs']?.forwarded).toBe(3);
  expect(second.streams['audit-logs']?.forwarded).toBe(0);
  const text = bodies.join('');
  for (const number of ['9007199254740993', '9007199254740992', '1e400']) expect(text).toContain(number);
});

it.for([
  ['audit-logs', AUDIT_PATH],
  ['alerts', ALERTS_PATH],
] as const)(
  'F32 10,000 levels of nesting in %s: delivered in a shape that Datadog accepts, neighbours too',
  async ([stream, path], { tenant }) => {
    const time = tenant.now() - 60;
    const nested = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    const items =
      stream === 'alerts'
        ? [alert(time, 'deep', { nested: 'DEEP' }), alert(time, 'flat')]
        : [auditRecord(time, 'deep', { nested: 'DEEP' }), auditRecord(time, 'flat')];
    serveRaw(tenant, path, () => JSON.stringify({ items }).replace('"DEEP"', nested));

    const first = await tenant.run();
    tenant.travel(3600);
    const second = await tenant.run();

    expect(first.streams[stream]).toMatchObject({ forwarded: 2, quarantined: 0 });
    expect(second.streams[stream]?.forwarded).toBe(0);
    expect(tenant.datadog.drops).toEqual(noneDropped());
  },
);

it.for([0, 1, 2, 50])(
  'F41 an alert with %i events of 300 aux keys each stays within Datadog’s limits',
  async (count, { tenant }) => {
    const time = tenant.now() - 60;
    const [event] = alert(time, '')['events'] as JsonObject[];
    const aux = Object.fromEntries(
      Array.from({ length: 300 }, (_, n) => [`Parameters[${n}]@${'k'.repeat(60)}`, n]),
    );
    const events = Array.from({ length: count }, (_, n) => ({ ...event, eventId: `event-${n}`, aux }));
    tenant.valence.alerts.add([alert(time, 'many', { events })]);

    await tenant.run();

    expect(tenant.datadog.drops).toEqual(noneDropped());
    const [log] = tenant.logs('alerts');
    expect(log).toMatchObject({ alert: { vuid: 'many' } });
    expect(added(log as JsonObject)['primary_event'] !== undefined).toBe(count > 0);
    expect(added(log as JsonObject)['aux_as_text']).toBe(count > 0 ? true : undefined);
  },
);

it('F91 list items that are not records are an error that names the profile when there are no others, and no slice is complete', async ({
  tenant,
}) => {
  serveRaw(tenant, AUDIT_PATH, () => JSON.stringify({ items: [null, 'text', 7] }));

  const { message } = await tenant.failure();

  expect(message).toContain('audit-logs failed (source-shape)');
  expect([...tenant.aws.s3.objects.keys()]).toEqual([]);
});
