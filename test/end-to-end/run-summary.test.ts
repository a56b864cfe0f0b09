import { describe, expect } from 'vitest';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { noneDropped } from '../../tools/stand-ins/datadog/limits.ts';
import { useForwarder } from '../support/forwarder.ts';
import { alert, auditRecord, auditRecords } from '../support/records.ts';
import { postedLogs, refusePostsWith } from '../support/refusals.ts';
import { DATADOG_KEY, type Tenant } from '../support/tenant.ts';

const { it, newTenant, transcript } = useForwarder();

const ON = { RUN_SUMMARY_LOGS: 'true' };
const REJECTED = 'rejected';

const summaries = ({ datadog }: Tenant): JsonObject[] =>
  datadog.logs.filter(({ ddsource }) => ddsource === 'valence-forwarder');

const isSummary = (logs: readonly JsonObject[]) => logs.some(({ lag }) => lag !== undefined);

function fill({ valence, now }: Tenant): void {
  valence.alerts.add([alert(now() - 600, 'alert-1')]);
  valence.auditLogs.add(auditRecords(3, now() - 600));
}

it('a run sends one run summary, separate from the records', async () => {
  await using tenant = await newTenant({ environment: { ...ON, DATADOG_ENV: 'production' } });
  fill(tenant);

  const result = await tenant.run({ requestId: 'run-1' });

  expect(result.status).toBe('ok');
  expect(summaries(tenant)).toEqual([
    {
      ddsource: 'valence-forwarder',
      service: 'forwarder',
      ddtags: expect.stringMatching(/^tenant:acme,forwarder_version:.+,env:production$/),
      message: 'Run ok, lag ok. Forwarded: alerts 1, audit-logs 3.',
      lag: 'ok',
      quarantined: 'no',
      run_status: 'ok',
      tenant: 'acme',
      run_id: 'run-1',
      version: expect.any(String),
      errors: [],
      streams: {
        alerts: expect.objectContaining({
          fetched: result.streams.alerts?.fetched,
          forwarded: 1,
          watermark: result.streams.alerts?.watermark,
          watermark_age: expect.any(Number),
        }),
        'audit-logs': expect.objectContaining({ forwarded: 3 }),
      },
    },
  ]);
  const records = tenant.datadog.logs.filter(({ ddsource }) => ddsource === 'valence-security');
  expect(records).toHaveLength(4);
  expect(tenant.datadog.drops).toEqual(noneDropped());
});

it('no run summary is sent unless it is switched on', async ({ tenant }) => {
  fill(tenant);
  await tenant.run();
  expect(summaries(tenant)).toEqual([]);
});

it('a run summary reports quarantined records', async () => {
  await using tenant = await newTenant({ environment: ON });
  fill(tenant);
  tenant.valence.auditLogs.add([auditRecord(tenant.now() - 600, REJECTED)]);
  tenant.datadog.intercept = refusePostsWith(REJECTED, 400);
  await tenant.run();
  expect(summaries(tenant)).toMatchObject([
    { quarantined: 'yes', streams: { 'audit-logs': { quarantined: 1, forwarded: 3 } } },
  ]);
});

it('a failed run sends a summary with the code of its error', async () => {
  await using tenant = await newTenant({ environment: ON });
  fill(tenant);
  tenant.valence.intercept = () => ({ status: 401 });
  await tenant.failure();
  expect(summaries(tenant)).toMatchObject([{ run_status: 'failed', errors: ['source-refused-key'] }]);
});

it('a run that fails before it starts, without the Valence key, sends a summary', async () => {
  await using tenant = await newTenant({ environment: ON });
  await tenant.failure({ environment: { VALENCE_SECRET_ID: 'no-such-secret' } });
  expect(summaries(tenant)).toMatchObject([{ run_status: 'failed', lag: 'warn' }]);
});

it('a partial run sends a summary', async () => {
  await using tenant = await newTenant({ environment: ON });
  fill(tenant);
  const result = await tenant.run({ timeoutMs: 4_000 });
  expect(result.status).toBe('partial');
  expect(summaries(tenant)).toMatchObject([{ run_status: 'partial', lag: 'warn' }]);
});

it('a run whose streams are all held by another run sends no summary', async () => {
  await using tenant = await newTenant({ environment: ON });
  await tenant.run();
  const lease = { leaseUntil: { N: String(tenant.now() + 100) } };
  await tenant.changeState('alerts', lease);
  await tenant.changeState('audit-logs', lease);
  const { streams } = await tenant.run();
  expect(streams.alerts?.skipped).toBe('lease-held');
  expect(summaries(tenant)).toHaveLength(1);
});

describe('a run summary that fails', () => {
  it.each([
    ['is refused', { status: 403 }],
    ['meets an intake that is down', { status: 503 }],
  ])('does not fail a run when it %s', async (_, answer) => {
    await using tenant = await newTenant({ environment: ON });
    fill(tenant);
    tenant.datadog.intercept = (request) => (isSummary(postedLogs(request)) ? answer : undefined);
    const { status } = await tenant.run();
    expect(status).toBe('ok');
    expect(summaries(tenant)).toEqual([]);
    expect(transcript()).toContain('The run summary did not reach Datadog.');
  });

  it('adds nothing to the error of a run that Datadog refused', async () => {
    await using tenant = await newTenant({ environment: ON });
    fill(tenant);
    tenant.datadog.apiKey = `not-${DATADOG_KEY}`;
    const { message } = await tenant.failure();
    expect(message).toMatch(/^alerts failed \(datadog-refused-key\)/);
  });
});
