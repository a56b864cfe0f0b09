import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { useForwarder } from '../support/forwarder.ts';
import { alerts, auditRecords, RECORD_CONTENT } from '../support/records.ts';

const { it } = useForwarder();

const ACTOR = `${RECORD_CONTENT}@example.com`;

it('values named by REDACT never reach Datadog; records forwarded before stay known', async ({ tenant }) => {
  tenant.valence.alerts.add(alerts(3, tenant.now() - 300));
  tenant.valence.auditLogs.add(auditRecords(3, tenant.now() - 300));
  await tenant.run();
  const plain = tenant.logs('audit-logs');

  tenant.valence.alerts.add(alerts(1, tenant.now() - 250).map((alert) => ({ ...alert, vuid: 'another' })));
  tenant.valence.auditLogs.add(auditRecords(1, tenant.now() - 250));
  const redact = { remove: ['alert.events[*].aux', 'alert.events[*].actorUser'], hash: ['actor'] };
  tenant.travel(3600);
  const { streams } = await tenant.run({ environment: { REDACT: JSON.stringify(redact) } });

  expect(streams['audit-logs']).toMatchObject({ forwarded: 1 });
  expect(streams['audit-logs']?.duplicates).toBeGreaterThanOrEqual(plain.length);
  const audit = tenant.logs('audit-logs').at(-1);
  expect(audit?.['actor']).toBe(createHash('sha256').update(ACTOR).digest('hex'));
  expect(JSON.stringify(audit)).not.toContain(ACTOR);
  const alert = tenant.logs('alerts').at(-1);
  expect(JSON.stringify(alert)).not.toContain(RECORD_CONTENT);
  expect(alert?.['message']).toBe('Mail of [redacted] is forwarded');
});

it('a path that matches nothing is refused before anything is read', async ({ tenant }) => {
  const { message } = await tenant.failure({ environment: { REDACT: '{"remove":["events[*].aux"]}' } });
  expect(message).toContain('REDACT.remove.0');
  expect(tenant.valence.requests).toEqual([]);
});
