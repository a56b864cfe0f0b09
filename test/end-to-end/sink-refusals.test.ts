import { describe, expect } from 'vitest';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { arrivals, EXACTLY_ONCE } from '../support/arrivals.ts';
import { useForwarder } from '../support/forwarder.ts';
import { isMarked, isProbe } from '../support/logs.ts';
import { ALERT_TYPE, alert, alerts, auditRecord, auditRecords } from '../support/records.ts';
import { postedLogs, refusePostsWith } from '../support/refusals.ts';
import type { Tenant } from '../support/tenant.ts';

const { it, newTenant } = useForwarder();

const AUDIT_ONLY = { COLLECT_ALERTS: 'false' };

/** Names the records that Datadog must refuse. */
const REJECTED = 'rejected';

function fill({ valence, now }: Tenant) {
  const given = { alerts: alerts(20, now() - 60, 300), auditLogs: auditRecords(40, now() - 60, 150) };
  valence.alerts.add(given.alerts);
  valence.auditLogs.add(given.auditLogs);
  return given;
}

it('F43 one rejected record in a batch: only it is quarantined, the rest arrives once', async ({
  tenant,
}) => {
  const given = fill(tenant);
  const time = tenant.now() - 600;
  const rejectedAlert = alert(time, REJECTED);
  const rejectedRecord = auditRecord(time, REJECTED);
  tenant.valence.alerts.add([rejectedAlert]);
  tenant.valence.auditLogs.add([rejectedRecord]);
  tenant.datadog.intercept = refusePostsWith(REJECTED, 400);

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
        record: rejectedAlert,
        alertType: ALERT_TYPE,
        fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
        reason: expect.stringContaining('400'),
        httpStatus: 400,
        quarantinedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        signature: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      expect.objectContaining({ stream: 'audit-logs', record: rejectedRecord, httpStatus: 400 }),
    ]),
  );
});

describe('F44 every record is refused', () => {
  it('and the probe too: the intake is at fault, nothing is given up', async () => {
    await using tenant = await newTenant({ environment: AUDIT_ONLY });
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
    expect(tenant.logs('audit-logs').filter(isMarked)).toEqual([]);
  });

  it('but the probe is accepted: the records are at fault, quarantine continues', async () => {
    await using tenant = await newTenant({ environment: AUDIT_ONLY });
    const { auditLogs } = fill(tenant);
    tenant.datadog.intercept = (request) =>
      postedLogs(request).every(isProbe) ? undefined : { status: 400 };

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

it.for([401, 403])(
  'F45 F51 %i: the streams stop after reading the key once more, nothing is noted',
  async (status, { tenant }) => {
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
    // A post for each slice of each stream, and where the key may not be the reason a probe for each stream.
    expect(posts).toBeLessThanOrEqual(status === 401 ? 4 : 6);
    expect(tenant.quarantine()).toEqual({});
    expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
    expect(tenant.datadog.logs.filter(isMarked)).toEqual([]);
  },
);

it('F36 the Datadog key is rotated between posts: the run continues with the new one, nothing is repeated', async () => {
  await using tenant = await newTenant({ environment: AUDIT_ONLY });
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

it('F47 413: the batch is split until it is accepted', async () => {
  await using tenant = await newTenant({ environment: AUDIT_ONLY });
  const { auditLogs } = fill(tenant);
  tenant.datadog.intercept = (request) => (postedLogs(request).length > 3 ? { status: 413 } : undefined);

  await tenant.run();

  expect(arrivals(tenant, { auditLogs })).toEqual(EXACTLY_ONCE);
  expect(tenant.logs('audit-logs').filter(isMarked)).toEqual([]);
});

it('F47 413 to a single log: shrunk and marked; when even that is refused, quarantined', async () => {
  await using tenant = await newTenant({ environment: { COLLECT_AUDIT_LOGS: 'false' } });
  const time = tenant.now() - 60;
  const [event] = alert(time, '')['events'] as JsonObject[];
  const large = (vuid: string) =>
    alert(time, vuid, { events: [{ ...event, aux: { blob: 'x'.repeat(300_000) } }] });
  tenant.valence.alerts.add([large('shrinks'), large(REJECTED), alert(time, 'small')]);
  tenant.datadog.intercept = (request) => {
    const logs = JSON.stringify(postedLogs(request));
    return logs.length > 200_000 || logs.includes(REJECTED) ? { status: 413 } : undefined;
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
  expect(Object.values(tenant.quarantine())).toMatchObject([{ record: large(REJECTED), httpStatus: 413 }]);
});
