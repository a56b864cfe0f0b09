import { describe, expect, it } from 'vitest';
import type { Stream } from '../../../../../../lambda/contract.ts';
import type { IdentityRules } from '../../../../../../lambda/forwarder/core/state-ports.ts';
import type { JsonObject } from '../../../../../../lambda/shared/json.ts';
import { alertRecord, auditRecord } from '../../../../../support/core-records.ts';
import { fakeSource } from '../../../../../support/fake-ports.ts';
import { added } from '../../../../../support/logs.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { HOUR_SECONDS, IDENTITY_RULES } from '../../../../../support/stream-settings.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

const CYCLE_MS = HOUR_SECONDS * 1000;

const rules = (change: Partial<IdentityRules>): { identityRules: IdentityRules } => ({
  identityRules: { ...IDENTITY_RULES, ...change },
});

const auditRules = (change: Partial<IdentityRules> = {}) => rules({ alertKey: [], ...change });

/** Runs over the same records, an hour apart, so that each run's sweep reads them again. */
function world(stream: Stream, records: JsonObject[], alertUpdates = false) {
  const key = stream === 'alerts' ? 'alerts' : 'audit-logs';
  const source = fakeSource({ [key]: records });
  const { run, sink, clock, store } = streamWorld({ source });
  return {
    source,
    sink,
    store,
    async run(settings: { identityRules: IdentityRules }) {
      const report = await run(stream, { alertUpdates, ...settings });
      await clock.sleep(CYCLE_MS);
      return report;
    },
  };
}

describe('F106 after a change of the rules that identify records', () => {
  it('repeats no audit record whose field became volatile, and no copy of it', async () => {
    const records = [1, 2, 2, 3].map((id) => auditRecord({ id, timeEpoch: NOW - 900 }));
    const { run, sink, source } = world('audit-logs', records);

    await run(auditRules());
    await run(auditRules({ volatileFields: ['id'] }));
    source.records['audit-logs'].reverse();
    await run(auditRules({ volatileFields: ['id'] }));

    expect(sink.accepted).toHaveLength(4);
  });

  it('repeats no audit record whose field is no longer volatile', async () => {
    const records = [1, 2, 3].map((id) => auditRecord({ id, timeEpoch: NOW - 900 }));
    const { run, sink } = world('audit-logs', records);

    await run(auditRules({ volatileFields: ['id'] }));
    await run(auditRules());
    await run(auditRules());

    expect(sink.accepted).toHaveLength(3);
  });

  it('still finds a late record that only the present rules tell apart, at any place among the others', async () => {
    const records = [1, 2].map((id) => auditRecord({ id, timeEpoch: NOW - 900 }));
    const { run, sink, source } = world('audit-logs', records);
    await run(auditRules());
    await run(auditRules({ volatileFields: ['id'] }));

    source.records['audit-logs'].unshift(auditRecord({ id: 3, timeEpoch: NOW - 900 }));
    await run(auditRules({ volatileFields: ['id'] }));
    await run(auditRules({ volatileFields: ['id'] }));

    expect(sink.accepted).toHaveLength(3);
  });

  it('still finds a late record that former rules took for a copy', async () => {
    const records = [1, 2].map((id) => auditRecord({ id, timeEpoch: NOW - 900 }));
    const { run, sink, source } = world('audit-logs', records);
    await run(auditRules({ volatileFields: ['id'] }));
    await run(auditRules());

    source.records['audit-logs'].unshift(auditRecord({ id: 3, timeEpoch: NOW - 900 }));
    await run(auditRules());
    await run(auditRules());

    expect(sink.accepted.map((log) => (added(log)['extra'] as JsonObject)['id'])).toEqual([1, 2, 3]);
    expect(added(sink.accepted[2])).toMatchObject({ possible_duplicate: true });
  });

  it('repeats no record without a time', async () => {
    const { run, sink } = world('audit-logs', [auditRecord({ id: 1, timeEpoch: 'never' })]);

    await run(auditRules());
    await run(auditRules({ volatileFields: ['id'] }));
    await run(auditRules({ volatileFields: ['id'] }));

    expect(sink.accepted).toHaveLength(1);
  });

  it('repeats no alert that other fields identify now, and notes it under its new key', async () => {
    const records = [1, 2].map((id) => alertRecord({ id, vuid: `a-${id}`, creationTimestamp: NOW - 900 }));
    const { run, sink } = world('alerts', records);

    await run(rules({}));
    await run(rules({ alertKey: ['id'] }));
    for (const record of records) record['vuid'] = 'changed';
    await run(rules({ alertKey: ['id'] }));

    expect(sink.accepted).toHaveLength(2);
  });

  it.each([true, false])(
    'sends an alert that shared its former key with another one, marked; updates %s',
    async (updates) => {
      const one = alertRecord({ id: 1, vuid: 'shared', creationTimestamp: NOW - 900 });
      const { run, sink, source } = world('alerts', [one], updates);
      await run(rules({}));

      source.records.alerts.push({ ...one, id: 2 });
      await run(rules({ alertKey: ['id'] }));
      await run(rules({ alertKey: ['id'] }));

      expect(sink.accepted.map(({ alert }) => (alert as JsonObject)['id'])).toEqual([1, 2]);
      expect(added(sink.accepted[1])).toMatchObject({ possible_duplicate: true });
    },
  );

  it('repeats no alert with a list in another order, and sends its next change as an update', async () => {
    const alert = alertRecord({ connectorUids: ['b', 'a'], creationTimestamp: NOW - 900 });
    const { run, sink } = world('alerts', [alert], true);

    await run(rules({ unorderedFields: [] }));
    await run(rules({}));
    Object.assign(alert, { connectorUids: ['a', 'b'] });
    await run(rules({}));
    Object.assign(alert, { status: 'Resolved' });
    await run(rules({}));
    Object.assign(alert, { status: 'Open' });
    await run(rules({}));

    expect(sink.accepted.map(({ alert }) => (alert as JsonObject)['status'])).toEqual([
      'Open',
      'Resolved',
      'Open',
    ]);
    expect(added(sink.accepted[1])).toMatchObject({ update: true });
  });

  it('is saved with the intent, before anything is sent by the present rules', async () => {
    const { run, store } = world('audit-logs', []);
    await run(auditRules());
    const before = await store.read('audit-logs');
    await run(auditRules({ volatileFields: ['id'] }));
    const after = await store.read('audit-logs');

    expect(before?.identity).toEqual({ now: auditRules().identityRules, former: [] });
    expect(after?.identity).toEqual({
      now: auditRules({ volatileFields: ['id'] }).identityRules,
      former: [{ rules: auditRules().identityRules, until: NOW + HOUR_SECONDS }],
    });
  });
});
