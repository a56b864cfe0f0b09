import { describe, expect } from 'vitest';
import type { BackfillResult } from '../../lambda/forwarder/actions/backfill.ts';
import { hoursBack, servedTenantOf } from '../support/backfill-tenant.ts';
import { useForwarder } from '../support/forwarder.ts';
import { ALERT_TYPE, alert, auditRecord } from '../support/records.ts';
import { refusePostsWith } from '../support/refusals.ts';

const { it, newTenant } = useForwarder();
const servedTenant = servedTenantOf(newTenant);

const SIGN_IN = 'User signed in';

const EXCLUDE = JSON.stringify([
  { stream: 'audit-logs', where: { action: [SIGN_IN.toLowerCase()], success: [true] } },
  { stream: 'alerts', where: { 'alert_type_details.severity': ['low'] } },
]);

describe('F112 what a condition of EXCLUDE matches', () => {
  it('is left out, counted as filtered, and reported in the run summary; everything else arrives', async () => {
    await using tenant = await newTenant({ environment: { EXCLUDE, RUN_SUMMARY_LOGS: 'true' } });
    const time = tenant.now() - 300;
    tenant.valence.auditLogs.add([
      { ...auditRecord(time, 'in'), action: SIGN_IN, success: true },
      { ...auditRecord(time, 'failed'), action: SIGN_IN, success: false },
      { ...auditRecord(time, 'other'), action: 'User created', success: true },
    ]);
    tenant.valence.alerts.add([
      alert(time, 'low', { alertType: { ...ALERT_TYPE, severity: 'Low' } }),
      alert(time, 'high', { alertType: { ...ALERT_TYPE, severity: 'High' } }),
    ]);
    const { streams } = await tenant.run();

    expect(streams['audit-logs']).toMatchObject({ fetched: 3, forwarded: 2, filtered: 1, quarantined: 0 });
    expect(streams.alerts).toMatchObject({ fetched: 2, forwarded: 1, filtered: 1 });
    expect(tenant.logs('audit-logs').map(({ action, success }) => [action, success])).toEqual([
      [SIGN_IN, false],
      ['User created', true],
    ]);
    const summaries = tenant.datadog.logs.filter(({ ddsource }) => ddsource === 'valence-forwarder');
    expect(summaries).toMatchObject([
      { streams: { 'audit-logs': { filtered: 1 }, alerts: { filtered: 1 } } },
    ]);
  });

  it('is not quarantined, although Datadog would refuse it', async () => {
    await using tenant = await newTenant({ environment: { EXCLUDE } });
    tenant.valence.auditLogs.add([
      { ...auditRecord(tenant.now() - 300, 'poison'), action: SIGN_IN, success: true },
      { ...auditRecord(tenant.now() - 300, 'other'), action: 'User created', success: true },
    ]);
    tenant.datadog.intercept = refusePostsWith('poison', 400);

    const { streams } = await tenant.run();

    expect(streams['audit-logs']).toMatchObject({ forwarded: 1, filtered: 1, quarantined: 0 });
    expect(tenant.quarantine()).toEqual({});
  });

  it('is judged as it is sent: a hashed value by its hash', async () => {
    await using tenant = await newTenant();
    const record = { ...auditRecord(tenant.now() - 300, 'one'), actor: 'ada@example.com' };
    const REDACT = '{"hash":["actor"]}';
    tenant.valence.auditLogs.add([record]);
    await tenant.run({ environment: { REDACT } });
    const [log] = tenant.logs('audit-logs');
    tenant.valence.auditLogs.add([{ ...record, details: 'another' }]);
    tenant.travel(3600);
    const excluded = JSON.stringify([{ stream: 'audit-logs', where: { actor: [log?.['actor']] } }]);

    const { streams } = await tenant.run({ environment: { REDACT, EXCLUDE: excluded } });

    expect(streams['audit-logs']).toMatchObject({ forwarded: 0, filtered: 1 });
  });

  it('arrives once by a backfill without the condition', async () => {
    await using tenant = await servedTenant();
    const range = hoursBack(tenant, 10, 6);
    tenant.valence.auditLogs.add([{ ...auditRecord(range.from + 60, 'in'), action: SIGN_IN, success: true }]);
    const backfill = (environment = {}) =>
      tenant.act<BackfillResult>({ action: 'backfill', stream: 'audit-logs', ...range }, { environment });

    const left = await backfill({ EXCLUDE });
    const sent = await backfill();
    const again = await backfill();

    expect(left).toMatchObject({ coveredTo: range.to, forwarded: 0, filtered: 1 });
    expect(sent).toMatchObject({ forwarded: 1, filtered: 0 });
    expect(again).toMatchObject({ forwarded: 0, duplicates: 1 });
  });

  it('is no path that can never match: the error names it', async () => {
    await using tenant = await newTenant();
    const failure = (EXCLUDE: string, REDACT = '') => tenant.failure({ environment: { EXCLUDE, REDACT } });

    expect((await failure('[{"stream":"alerts","where":{"action":["x"]}}]')).message).toContain(
      'EXCLUDE.0.where.action',
    );
    const redacted = await failure(
      '[{"stream":"audit-logs","where":{"actor":["x"]}}]',
      '{"remove":["actor"]}',
    );
    expect(redacted).toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining('what REDACT removes'),
    });
  });
});
