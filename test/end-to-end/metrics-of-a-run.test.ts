import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { RUN_METRICS, STREAM_METRICS } from '../../lambda/contract.ts';
import { useForwarder } from '../support/forwarder.ts';
import { alert, auditRecord } from '../support/records.ts';
import { postedLogs } from '../support/refusals.ts';
import type { InvocationOptions, Tenant } from '../support/tenant.ts';

const { it, newTenant, transcript } = useForwarder();

/** A metric line: its values, and what CloudWatch makes of them: metrics, with their units, under dimensions. */
interface MetricLine {
  values: Record<string, number>;
  dimensions: Record<string, string>;
  units: Record<string, string>;
}

interface EmbeddedMetrics {
  CloudWatchMetrics: {
    Namespace: string;
    Dimensions: string[][];
    Metrics: { Name: string; Unit: string }[];
  }[];
}

const NAMES = Object.keys({ ...RUN_METRICS, ...STREAM_METRICS });

function metricLine(line: { _aws?: EmbeddedMetrics } & Record<string, unknown>): MetricLine {
  const [metrics, ...others] = line._aws?.CloudWatchMetrics ?? [];
  expect(others).toEqual([]);
  if (metrics) expect(metrics.Namespace).toBe('ValenceForwarder');
  const dimensions = metrics?.Dimensions.flat() ?? [];
  return {
    values: Object.fromEntries(Object.entries(line).filter(([name]) => NAMES.includes(name))) as Record<
      string,
      number
    >,
    dimensions: Object.fromEntries(dimensions.map((name) => [name, line[name] as string])),
    units: Object.fromEntries((metrics?.Metrics ?? []).map(({ Name, Unit }) => [Name, Unit])),
  };
}

/** The metric lines of a run. */
function metricsOf(runId: string): { run: MetricLine; streams: Record<string, MetricLine> } {
  const lines = transcript()
    .split('\n')
    .filter((text) => text.startsWith('{') && text.includes(`"${runId}"`))
    .map((text) => JSON.parse(text))
    .filter((line) => NAMES.some((name) => name in line));
  const [run, ...others] = lines.filter((line) => !('stream' in line));
  if (!run || others.length > 0) throw new Error(`Run ${runId} wrote not one metric line of its own.`);
  return {
    run: metricLine(run),
    streams: Object.fromEntries(
      lines.filter((line) => 'stream' in line).map((line) => [line.stream, metricLine(line)]),
    ),
  };
}

async function metricsAfter(tenant: Tenant, options: InvocationOptions = {}) {
  const requestId = randomUUID();
  await tenant.run({ ...options, requestId });
  return metricsOf(requestId);
}

async function metricsAfterFailure(tenant: Tenant, options: InvocationOptions = {}) {
  const requestId = randomUUID();
  await tenant.failure({ ...options, requestId });
  return metricsOf(requestId);
}

/** The values of a run but for its times, which depend on the machine. */
function countsOf({ values }: MetricLine): Record<string, number> {
  const { RunDuration: _, TimeLeft: _t, ...counts } = values;
  return counts;
}

/** Runs take a few seconds on a slow machine, and the clock goes on meanwhile. */
const within = (seconds: number) => ({ asymmetricMatch: (value: number) => Math.abs(value - seconds) <= 60 });

const NOTHING = {
  Duplicates: 0,
  PagesFetched: 0,
  SourceErrors: 0,
  SinkErrors: 0,
  Throttled: 0,
  CredentialFailures: 0,
  LeaseHeld: 0,
  Holes: 0,
};

describe('the metrics of a run', () => {
  it('are those of the alarms, and of events only what has happened', async ({ tenant }) => {
    const good = await metricsAfter(tenant);
    tenant.valence.intercept = () => ({ status: 401 });
    tenant.travel(300);
    const refused = await metricsAfterFailure(tenant);

    expect(good.run).toMatchObject({ dimensions: { tenant: 'acme' }, units: { Holes: 'Count' } });
    expect(Object.keys(refused.run.units)).toEqual(['CredentialFailures', 'Holes']);
    for (const { streams } of [good, refused]) {
      expect(streams['alerts']?.dimensions).toEqual({ tenant: 'acme', stream: 'alerts' });
      for (const { units } of Object.values(streams)) {
        expect(Object.keys(units)).toEqual(['WatermarkAge', 'FinalWatermarkAge', 'SilenceAge']);
      }
    }
  });

  it('with ALL_METRICS are these, under these dimensions and in these units', async ({ tenant }) => {
    const { run, streams } = await metricsAfter(tenant, { environment: { ALL_METRICS: 'true' } });

    expect(run.dimensions).toEqual({ tenant: 'acme' });
    expect(run.units).toEqual({
      Duplicates: 'Count',
      PagesFetched: 'Count',
      SourceErrors: 'Count',
      SinkErrors: 'Count',
      Throttled: 'Count',
      CredentialFailures: 'Count',
      LeaseHeld: 'Count',
      Holes: 'Count',
      RunDuration: 'Milliseconds',
      TimeLeft: 'Milliseconds',
    });
    expect(Object.keys(streams).sort()).toEqual(['alerts', 'audit-logs']);
    for (const [stream, { dimensions, units }] of Object.entries(streams)) {
      expect(dimensions).toEqual({ tenant: 'acme', stream });
      expect(units).toEqual({
        WatermarkAge: 'Seconds',
        FinalWatermarkAge: 'Seconds',
        SilenceAge: 'Seconds',
        RecordsFetched: 'Count',
        LogsForwarded: 'Count',
        LogsQuarantined: 'Count',
      });
    }
  });

  it('have the duration and the time left', async ({ tenant }) => {
    const { run } = await metricsAfter(tenant, { timeoutMs: 200_000 });

    const { RunDuration = 0, TimeLeft = 0 } = run.values;
    expect(RunDuration).toBeGreaterThan(0);
    expect(RunDuration).toBeLessThan(100_000);
    expect(TimeLeft).toBeGreaterThan(100_000);
    expect(RunDuration + TimeLeft).toBeLessThanOrEqual(200_000);
  });

  it('count what was read, forwarded and quarantined, and every attempt that failed', async ({ tenant }) => {
    const time = tenant.now() - 60;
    tenant.valence.alerts.add([alert(time, 'alert-1'), alert(time - 60, 'rejected')]);
    tenant.valence.auditLogs.add([1, 2, 3].map((n) => auditRecord(time - n * 60, `user-${n}`)));
    const toAlerts: { status: number }[] = [{ status: 429 }, { status: 503 }, { status: 500 }];
    tenant.valence.intercept = ({ path }) => (path.endsWith('/alerts') ? toAlerts.shift() : undefined);
    const toAuditLogs: { status: number }[] = [{ status: 503 }, { status: 429 }];
    tenant.datadog.intercept = (request) => {
      const text = JSON.stringify(postedLogs(request));
      if (text.includes('"audit-logs"')) return toAuditLogs.shift();
      return text.includes('rejected') ? { status: 400 } : undefined;
    };

    const { run, streams } = await metricsAfter(tenant);

    expect(countsOf(run)).toEqual({
      ...NOTHING,
      // Two slices of each stream, and the alert types.
      PagesFetched: 5,
      SourceErrors: 3,
      // The batch with the refused alert and the alert by itself; the audit logs twice.
      SinkErrors: 4,
      Throttled: 2,
    });
    expect(streams['alerts']?.values).toEqual({
      WatermarkAge: within(0),
      FinalWatermarkAge: within(7200),
      SilenceAge: within(60),
      RecordsFetched: 2,
      LogsForwarded: 1,
      LogsQuarantined: 1,
    });
    expect(streams['audit-logs']?.values).toEqual({
      WatermarkAge: within(0),
      FinalWatermarkAge: within(7200),
      SilenceAge: within(120),
      RecordsFetched: 3,
      LogsForwarded: 3,
      LogsQuarantined: 0,
    });
  });

  it('count as duplicates the records in the ledger, of both streams', async () => {
    await using tenant = await newTenant({ environment: { LOOKBACK_SECONDS: '3600' } });
    const time = tenant.now() - 1800;
    tenant.valence.alerts.add([alert(time, 'alert-1')]);
    tenant.valence.auditLogs.add([1, 2, 3].map((n) => auditRecord(time - n, `user-${n}`)));
    await tenant.run();
    tenant.travel(3600);

    const { run, streams } = await metricsAfter(tenant);

    expect(run.values).toMatchObject({ Duplicates: 4, SourceErrors: 0, LeaseHeld: 0 });
    expect(streams['alerts']?.values).toMatchObject({ LogsForwarded: 0 });
    expect(streams['audit-logs']?.values).toMatchObject({ LogsForwarded: 0 });
  });

  it('count the streams that another run holds, and no others', async ({ tenant }) => {
    const free = await metricsAfter(tenant);
    const lease = { owner: { S: 'another run' }, leaseUntil: { N: String(tenant.now() + 600) } };
    await tenant.changeState('alerts', lease);
    const oneHeld = await metricsAfter(tenant);
    await tenant.changeState('audit-logs', lease);

    const bothHeld = await metricsAfter(tenant);

    expect([free, oneHeld, bothHeld].map(({ run }) => run.values['LeaseHeld'])).toEqual([0, 1, 2]);
    expect(countsOf(bothHeld.run)).toEqual({ ...NOTHING, LeaseHeld: 2 });
  });

  it.for<[string, Record<string, string>]>([
    ['one key that cannot be read', { VALENCE_SECRET_ID: 'no-such-secret' }],
    [
      'two keys that cannot be read',
      { VALENCE_SECRET_ID: 'no-such-secret', DATADOG_SECRET_ID: 'no-such-secret' },
    ],
  ])('count every stream that is stopped by %s', async ([, environment], { tenant }) => {
    const both = await metricsAfterFailure(tenant, { environment });
    const alertsOnly = await metricsAfterFailure(tenant, {
      environment: { ...environment, COLLECT_AUDIT_LOGS: 'false' },
    });

    expect(countsOf(both.run)).toEqual({ ...NOTHING, CredentialFailures: 2, NotSetUp: 1 });
    expect(countsOf(alertsOnly.run)).toEqual({ ...NOTHING, CredentialFailures: 1, NotSetUp: 1 });
    expect(both.streams['alerts']?.values).toEqual({
      RecordsFetched: 0,
      LogsForwarded: 0,
      LogsQuarantined: 0,
    });
  });

  it('say that nothing is set up until the first good run, and never again', async ({ tenant }) => {
    tenant.valence.intercept = () => ({ status: 401 });
    const before = await metricsAfterFailure(tenant);
    tenant.valence.intercept = ({ path }) => (path.endsWith('/alerts') ? { status: 401 } : undefined);
    tenant.travel(300);
    const halfGood = await metricsAfterFailure(tenant);
    tenant.valence.intercept = () => ({ status: 401 });
    tenant.travel(300);
    const afterwards = await metricsAfterFailure(tenant);

    expect(before.run.values['NotSetUp']).toBe(1);
    expect(halfGood.run.values).not.toHaveProperty('NotSetUp');
    expect(afterwards.run.values).not.toHaveProperty('NotSetUp');
  });

  it('count every stream whose key is refused', async ({ tenant }) => {
    tenant.valence.intercept = ({ path }) => (path.endsWith('/alerts') ? { status: 401 } : undefined);
    const alertsRefused = await metricsAfterFailure(tenant);
    tenant.valence.intercept = () => ({ status: 401 });
    tenant.travel(300);

    const bothRefused = await metricsAfterFailure(tenant);

    expect(alertsRefused.run.values['CredentialFailures']).toBe(1);
    expect(bothRefused.run.values['CredentialFailures']).toBe(2);
  });
});
