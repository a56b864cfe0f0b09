import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { canonicalJson } from '../../lambda/forwarder/core/records/canonical-json.ts';
import { fingerprintOf } from '../../lambda/forwarder/core/records/identity.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { useForwarder } from '../support/forwarder.ts';
import { alerts, auditRecord, auditRecords, RECORD_CONTENT } from '../support/records.ts';
import { refusePostsWith } from '../support/refusals.ts';

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
  expect(audit?.['actor']).toMatch(/^[0-9a-f]{64}$/);
  expect(audit?.['actor']).not.toBe(createHash('sha256').update(ACTOR).digest('hex'));
  expect(JSON.stringify(audit)).not.toContain(ACTOR);
  const alert = tenant.logs('alerts').at(-1);
  expect(JSON.stringify(alert)).not.toContain(RECORD_CONTENT);
  expect(alert?.['message']).toBe('Mail of [redacted] is forwarded');
});

/** What anyone can compute who guesses a record. */
const plainFingerprint = (record: JsonObject) => fingerprintOf(canonicalJson(record));

const fingerprintIn = (log: JsonObject | undefined) =>
  (log?.['valence_forwarder'] as JsonObject | undefined)?.['fingerprint'];

it('while REDACT is set, a fingerprint does not confirm a guessed record, and is the same in every run', async ({
  tenant,
}) => {
  const record = auditRecord(tenant.now() - 300, 'guessable');
  tenant.valence.auditLogs.add([record]);
  const environment = { REDACT: '{"remove":["actor"]}' };
  tenant.datadog.intercept = refusePostsWith('guessable', 400);
  tenant.valence.auditLogs.add([auditRecord(tenant.now() - 300, 'accepted')]);

  await tenant.run({ environment });
  const [object] = Object.values(tenant.quarantine()) as [JsonObject];
  tenant.datadog.intercept = undefined;
  await tenant.act({ action: 'replay' }, { environment });

  const replayed = tenant.logs('audit-logs').at(-1);
  expect(fingerprintIn(replayed)).toBe(object['fingerprint']);
  expect(object['fingerprint']).toMatch(/^[0-9a-f]{32}$/);
  expect(object['fingerprint']).not.toBe(plainFingerprint(record));
  expect(JSON.stringify(tenant.logs('audit-logs'))).not.toContain(plainFingerprint(record));
});

it('QUARANTINE_REDACTED keeps redacted values out of the quarantine, and a replay sends what is left', async ({
  tenant,
}) => {
  const environment = { REDACT: '{"hash":["actor"]}', QUARANTINE_REDACTED: 'true' };
  tenant.valence.auditLogs.add([
    auditRecord(tenant.now() - 300, 'refused'),
    auditRecord(tenant.now() - 300, 'accepted'),
  ]);
  tenant.datadog.intercept = refusePostsWith('refused', 400);
  await tenant.run({ environment });
  const [object] = Object.values(tenant.quarantine());
  tenant.datadog.intercept = undefined;

  await tenant.act({ action: 'replay' }, { environment });

  expect(JSON.stringify(object)).not.toContain(ACTOR);
  const [accepted, replayed] = tenant.logs('audit-logs');
  expect(replayed?.['actor']).toBe(accepted?.['actor']);
  expect(replayed?.['details']).toContain('refused');
});

it('a path that matches nothing is refused before anything is read', async ({ tenant }) => {
  const { message } = await tenant.failure({ environment: { REDACT: '{"remove":["events[*].aux"]}' } });
  expect(message).toContain('REDACT.remove.0');
  expect(tenant.valence.requests).toEqual([]);
});
