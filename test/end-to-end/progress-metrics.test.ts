import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { useForwarder } from '../support/forwarder.ts';
import { auditRecord } from '../support/records.ts';
import type { InvocationOptions, Tenant } from '../support/tenant.ts';

const { it, newTenant, transcript } = useForwarder();

const DAY = 86_400;

/** The metric line of one run and stream. */
function metricsOf(runId: string, stream: string): Record<string, number> {
  const line = transcript()
    .split('\n')
    .filter((text) => text.startsWith('{') && text.includes('"RecordsFetched"'))
    .map((text) => JSON.parse(text))
    .find((line) => line.run_id === runId && line.stream === stream);
  if (!line) throw new Error(`Run ${runId} wrote no metrics of ${stream}.`);
  return line;
}

async function metricsAfter(tenant: Tenant, stream: string, invocation: InvocationOptions = {}) {
  const requestId = randomUUID();
  await tenant.run({ ...invocation, requestId });
  return metricsOf(requestId, stream);
}

/** Runs take a second or two on a slow machine, and the clock goes on meanwhile. */
const within = (seconds: number) => ({ asymmetricMatch: (value: number) => Math.abs(value - seconds) <= 60 });

it('silence is counted from the newest record, and before there is one from the first run', async ({
  tenant,
}) => {
  tenant.valence.auditLogs.add([auditRecord(tenant.now() - 600, 'newest')]);

  expect(await metricsAfter(tenant, 'audit-logs')).toMatchObject({ SilenceAge: within(600) });
  tenant.travel(2 * DAY);
  expect(await metricsAfter(tenant, 'audit-logs')).toMatchObject({ SilenceAge: within(2 * DAY + 600) });
  expect(await metricsAfter(tenant, 'alerts')).toMatchObject({ SilenceAge: within(2 * DAY) });

  tenant.travel(600);
  tenant.valence.auditLogs.add([auditRecord(tenant.now() - 300, 'newer')]);
  expect(await metricsAfter(tenant, 'audit-logs')).toMatchObject({ SilenceAge: within(300) });
});

it('the final watermark stays a look-back behind the watermark, and waits while the source is down', async () => {
  await using tenant = await newTenant({ environment: { LOOKBACK_SECONDS: '3600' } });
  await tenant.run();
  tenant.travel(3600);
  const swept = await metricsAfter(tenant, 'audit-logs');
  expect(swept).toMatchObject({ WatermarkAge: within(0), FinalWatermarkAge: within(3600) });

  tenant.travel(7200);
  tenant.valence.intercept = async () => ({ status: 404 });
  const requestId = randomUUID();
  await tenant.failure({ requestId });
  const failed = metricsOf(requestId, 'audit-logs');
  expect(failed).toMatchObject({ WatermarkAge: within(7200), FinalWatermarkAge: within(10_800) });
});

it('ages are reported when a key is missing, and left out when no state is known', async ({ tenant }) => {
  const environment = { VALENCE_SECRET_ID: 'no-such-secret' };
  const before = randomUUID();
  await tenant.failure({ requestId: before, environment });
  for (const name of ['WatermarkAge', 'FinalWatermarkAge', 'SilenceAge']) {
    expect(metricsOf(before, 'alerts')).not.toHaveProperty(name);
  }

  await tenant.run();
  tenant.travel(900);
  const after = randomUUID();
  await tenant.failure({ requestId: after, environment });
  expect(metricsOf(after, 'alerts')).toMatchObject({ WatermarkAge: within(900), SilenceAge: within(900) });
});

it('fields that only metrics use are not in the result', async ({ tenant }) => {
  const { streams } = await tenant.run();
  expect(Object.keys(streams.alerts ?? {}).sort()).toEqual([
    'caughtUp',
    'duplicates',
    'error',
    'fetched',
    'filtered',
    'finalWatermark',
    'forwarded',
    'holes',
    'quarantined',
    'skipped',
    'watermark',
  ]);
});
