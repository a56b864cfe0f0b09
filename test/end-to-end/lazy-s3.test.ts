import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Artefact } from '../support/artefact.ts';
import { alerts, auditRecords } from '../support/records.ts';
import { refusePostsWith } from '../support/refusals.ts';
import { startTenant } from '../support/tenant.ts';

const { loaded } = vi.hoisted(() => ({ loaded: { s3: false } }));
vi.mock('@aws-sdk/client-s3', async (load) => {
  loaded.s3 = true;
  return load();
});

beforeEach(() => {
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** The sources in this very process, so that what they load can be seen. */
async function sources(): Promise<Artefact> {
  const { handler } = await import('../../lambda/forwarder/handler.ts');
  return {
    async invoke({ event, requestId, environment, timeoutMs }) {
      vi.unstubAllEnvs();
      for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
      const context = { awsRequestId: requestId, getRemainingTimeInMillis: () => timeoutMs };
      return { id: 0, result: (await handler(event, context)) as never };
    },
    transcript: () => '',
    kill: () => undefined,
    close: async () => undefined,
  };
}

it('S3 is loaded for the first rejected record, and by no run before', async () => {
  await using tenant = await startTenant(await sources());
  tenant.valence.auditLogs.add(auditRecords(30, tenant.now() - 400, 10));
  tenant.valence.alerts.add(alerts(1, tenant.now() - 400, 10));
  tenant.datadog.intercept = refusePostsWith('alert-', 400);

  const clean = await tenant.run({ environment: { COLLECT_ALERTS: 'false' } });
  expect(clean.streams['audit-logs']).toMatchObject({ forwarded: 30, error: null });
  expect(loaded.s3).toBe(false);

  const rejected = await tenant.run();
  expect(rejected.streams.alerts).toMatchObject({ quarantined: 1, error: null });
  expect(loaded.s3).toBe(true);
});
