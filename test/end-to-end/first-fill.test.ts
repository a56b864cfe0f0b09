import { expect } from 'vitest';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { noneDropped } from '../../tools/stand-ins/datadog/limits.ts';
import { arrivals, EXACTLY_ONCE } from '../support/arrivals.ts';
import { useForwarder } from '../support/forwarder.ts';
import { ALERT_TYPE, alert, alerts, auditRecord, auditRecords } from '../support/records.ts';
import { DATADOG_KEY } from '../support/tenant.ts';

const { it, newTenant, transcript } = useForwarder();

it('the first run forwards everything, the second nothing, the third new records: each record once', async ({
  tenant,
}) => {
  const { valence, datadog, now } = tenant;
  const given = { alerts: alerts(130, now() - 10, 50), auditLogs: auditRecords(2500, now() - 10, 2) };
  valence.alerts.add(given.alerts);
  valence.auditLogs.add(given.auditLogs);

  const first = await tenant.run();
  const second = await tenant.run();
  tenant.travel(300);
  const later = auditRecord(now() - 20, 'newcomer');
  valence.auditLogs.add([later]);
  const third = await tenant.run();

  const served = { filtered: 0, quarantined: 0, caughtUp: true, skipped: null, error: null };
  expect(first).toMatchObject({
    status: 'ok',
    streams: {
      alerts: { ...served, fetched: 130, forwarded: 130, duplicates: 0 },
      'audit-logs': { ...served, forwarded: 2500, duplicates: 0 },
    },
  });
  expect(second).toMatchObject({
    status: 'ok',
    streams: { alerts: { ...served, forwarded: 0 }, 'audit-logs': { ...served, forwarded: 0 } },
  });
  expect(third.streams['audit-logs']).toMatchObject({ ...served, forwarded: 1 });
  expect(arrivals(tenant, { ...given, auditLogs: [...given.auditLogs, later] })).toEqual(EXACTLY_ONCE);
  expect(datadog.drops).toEqual(noneDropped());
  expect(tenant.aws.s3.requests).toEqual([]);
});

it.each([
  ['alerts', '/api/v1/alerts', { COLLECT_AUDIT_LOGS: 'false' }],
  ['audit-logs', '/api/v1/audit-logs', { COLLECT_ALERTS: 'false' }],
] as const)(
  'a run of %s without new records needs at most three write units, two new pages and one old page',
  async (stream, path, environment) => {
    await using tenant = await newTenant({ environment });
    tenant.valence.auditLogs.add(auditRecords(50, tenant.now() - 200, 60));
    tenant.valence.alerts.add(alerts(50, tenant.now() - 200, 60));
    const before = await tenant.run();
    const { watermark } = before.streams[stream] ?? { watermark: 0 };
    tenant.travel(300);
    const asked = tenant.valence.requests.length;

    await tenant.run({ requestId: `idle-${stream}`, environment: { LOG_LEVEL: 'DEBUG' } });

    const pages = tenant.valence.requests.slice(asked).filter((request) => request.path === path);
    const ofThePast = pages.filter(({ query }) => Number(query.get('to')) <= watermark + 1);
    expect(ofThePast.length).toBeLessThanOrEqual(1);
    expect(pages.length - ofThePast.length).toBeLessThanOrEqual(2);
    const [used] = logLines(`idle-${stream}`).filter(({ message }) => message === 'State table used.');
    expect(used).toMatchObject({ writeUnits: expect.any(Number), readUnits: expect.any(Number) });
    expect(Number(used?.['writeUnits'])).toBeGreaterThan(0);
    expect(Number(used?.['writeUnits'])).toBeLessThanOrEqual(3);
  },
);

/** The lines that the run of a request id has logged. */
function logLines(requestId: string): JsonObject[] {
  const lines = transcript().split('\n');
  return lines
    .filter((line) => line.startsWith('{') && line.includes(requestId))
    .map((line) => JSON.parse(line));
}

const loggedResults = (requestId: string) =>
  logLines(requestId).filter(({ status, streams }) => status && streams);

it('the result that is returned is also logged, as one line', async ({ tenant }) => {
  tenant.valence.auditLogs.add(auditRecords(3, tenant.now() - 10));

  const result = await tenant.run({ requestId: 'a-run-to-find' });

  const stream = {
    fetched: expect.any(Number),
    forwarded: expect.any(Number),
    duplicates: 0,
    filtered: 0,
    quarantined: 0,
    watermark: expect.any(Number),
    finalWatermark: expect.any(Number),
    caughtUp: true,
    skipped: null,
    error: null,
    holes: [],
  };
  expect(result).toEqual({ status: 'ok', streams: { alerts: stream, 'audit-logs': stream } });
  expect(loggedResults('a-run-to-find')).toMatchObject([result]);
});

it('a run that fails throws, and logs its result with the error of each stream', async ({ tenant }) => {
  tenant.valence.intercept = ({ path }) => (path === '/api/v1/alerts' ? { status: 404 } : undefined);

  const { name } = await tenant.failure({ requestId: 'a-failure-to-find' });

  expect(name).toBe('RunFailed');
  expect(loggedResults('a-failure-to-find')).toMatchObject([
    {
      status: 'failed',
      streams: {
        alerts: { error: { code: 'source-status', message: expect.stringContaining('404') } },
        'audit-logs': { error: null, caughtUp: true },
      },
    },
  ]);
});

it('an alert arrives complete: record, type, the forwarder’s attributes, and tags', async () => {
  await using tenant = await newTenant({
    environment: { DATADOG_TAGS: 'team:security', DATADOG_ENV: 'prod' },
  });
  const record = alert(tenant.now() - 10, 'one');
  tenant.valence.alerts.add([record]);

  await tenant.run({ requestId: 'run-7' });

  const [log] = tenant.logs('alerts');
  expect(log).toEqual({
    ddsource: 'valence-security',
    service: 'alerts',
    ddtags: expect.stringMatching(
      /^tenant:acme,forwarder_version:[^,]+,env:prod,team:security,backfill:true$/,
    ),
    message: record['summaryLine'],
    alert: record,
    alert_type_details: ALERT_TYPE,
    valence_forwarder: {
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      tenant: 'acme',
      run_id: 'run-7',
      primary_event: expect.any(Object),
    },
  });
});

it('an audit record arrives at the root of its log; only the initial range is tagged as backfill', async ({
  tenant,
}) => {
  await tenant.run();
  tenant.travel(60);
  const record = auditRecord(tenant.now() - 10, 'one');
  tenant.valence.auditLogs.add([record]);

  await tenant.run();

  expect(tenant.logs('audit-logs')).toEqual([
    {
      ddsource: 'valence-security',
      service: 'audit-logs',
      ddtags: expect.not.stringContaining('backfill'),
      message: record['details'],
      ...record,
      valence_forwarder: {
        fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
        tenant: 'acme',
        run_id: expect.any(String),
      },
    },
  ]);
});

it('a record older than Datadog accepts is sent without its date, which is in event_time', async () => {
  await using tenant = await newTenant({ environment: { INITIAL_LOOKBACK_SECONDS: '86400' } });
  const time = tenant.now() - 20 * 3600;
  tenant.valence.auditLogs.add([auditRecord(time, 'old')]);

  await tenant.run();

  const [log] = tenant.logs('audit-logs');
  expect(log).not.toHaveProperty('timeEpoch');
  expect(log).toMatchObject({ valence_forwarder: { event_time: time, redated: true } });
});

it('other severities than the configured ones are left out and counted; alerts of unknown type are kept', async () => {
  await using tenant = await newTenant({ environment: { ALERT_SEVERITIES: 'Critical' } });
  const time = tenant.now() - 10;
  tenant.valence.alerts.add([
    alert(time, 'high'),
    alert(time, 'critical', { alertType: { ...ALERT_TYPE, severity: 'Critical' } }),
    alert(time, 'unknown', { alertTypeVuid: 'of no type' }),
  ]);

  const result = await tenant.run();

  expect(result.streams.alerts).toMatchObject({ fetched: 3, forwarded: 2, filtered: 1 });
  expect(tenant.logs('alerts').map(({ alert }) => (alert as { vuid: string }).vuid)).toEqual([
    'critical',
    'unknown',
  ]);
});

it('a stream that is switched off is neither read nor reported', async () => {
  await using tenant = await newTenant({ environment: { COLLECT_ALERTS: 'false' } });
  tenant.valence.alerts.add(alerts(3, tenant.now() - 10));

  const result = await tenant.run();

  expect(Object.keys(result.streams)).toEqual(['audit-logs']);
  expect(tenant.valence.requests.map(({ path }) => path)).not.toContain('/api/v1/alerts');
});

it('posts name their origin and are compressed', async ({ tenant }) => {
  tenant.valence.auditLogs.add(auditRecords(3, tenant.now() - 10));
  const seen: Record<string, unknown>[] = [];
  tenant.datadog.intercept = ({ headers }) => {
    seen.push(headers);
    return undefined;
  };

  await tenant.run();

  expect(seen).toMatchObject([
    {
      'dd-api-key': DATADOG_KEY,
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'dd-evp-origin': 'valence-forwarder',
      'dd-evp-origin-version': expect.stringMatching(/^\d+\.\d+\.\d+/),
    },
  ]);
});
