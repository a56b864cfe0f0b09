import { describe, expect, it } from 'vitest';
import { buildLog, logTags } from '../../../../../../lambda/forwarder/core/logs/build.ts';
import { alertSource, auditSource, FINGERPRINT, LOG_CONTEXT } from '../../../../../support/core-records.ts';
import { NOW } from '../../../../../support/outside-world.ts';

const HOURS = 3600;

describe('the log of an alert', () => {
  it('carries the record, its type and its primary event', () => {
    const source = alertSource({
      events: [
        {
          eventId: 'e1',
          actorType: 'User',
          actorUser: { id: 'u1', name: 'Ann', email: 'ann@example.com' },
          ip: '192.0.2.7',
          userAgent: 'curl/8',
          platform: 'Okta',
          eventResult: 'SUCCESS',
          eventTime: { timestamp: (NOW - 90) * 1000, timestampKind: 'Exact' },
          action: { actionType: 'Update', actionName: 'Role given', actionDescription: 'A role was given' },
          aux: { 'Target[3]': 'x' },
        },
      ],
    });

    const log = buildLog(source, LOG_CONTEXT, NOW);

    expect(log).toEqual({
      ddsource: 'valence-security',
      service: 'alerts',
      ddtags: 'tenant:acme,forwarder_version:1.2.3',
      message: 'A privileged role was given to a user',
      alert: source.record,
      alert_type_details: { vuid: 'type-1', name: 'Role given', severity: 'High' },
      valence_forwarder: {
        fingerprint: FINGERPRINT,
        tenant: 'acme',
        run_id: 'run-1',
        primary_event: {
          actor_type: 'User',
          actor: { id: 'u1', name: 'Ann', email: 'ann@example.com' },
          action: 'Role given',
          action_type: 'Update',
          outcome: 'SUCCESS',
          ip: '192.0.2.7',
          user_agent: 'curl/8',
          platform: 'Okta',
          time: NOW - 90,
        },
      },
    });
  });

  it('F81 of unknown type has no type details and says so', () => {
    const log = buildLog(alertSource({}, { alertType: undefined }), LOG_CONTEXT, NOW);

    expect(log).not.toHaveProperty('alert_type_details');
    expect(log.valence_forwarder).toEqual({
      fingerprint: FINGERPRINT,
      tenant: 'acme',
      run_id: 'run-1',
      no_alert_type: true,
    });
  });

  it('holds an embedded type next to the record, not within it', () => {
    const alertType = { vuid: 'type-1', name: 'Role given' };

    const log = buildLog(alertSource({ alertType }, { alertType }), LOG_CONTEXT, NOW);

    expect(log.alert).not.toHaveProperty('alertType');
    expect(log.alert_type_details).toEqual(alertType);
  });

  it('that was sent before and has changed is marked as an update', () => {
    const log = buildLog(alertSource({ status: 'Resolved' }, { update: true }), LOG_CONTEXT, NOW);

    expect(log.valence_forwarder.update).toBe(true);
  });

  it('F27 passes unknown fields on', () => {
    const log = buildLog(alertSource({ assignee: { name: 'Ben' } }), LOG_CONTEXT, NOW);

    expect(log.alert).toHaveProperty('assignee', { name: 'Ben' });
  });

  it('without a summary has no message', () => {
    expect(buildLog(alertSource({ summaryLine: null }), LOG_CONTEXT, NOW)).not.toHaveProperty('message');
  });
});

describe('the log of an audit record', () => {
  it('has the six fields of the record at its root', () => {
    const log = buildLog(auditSource(), LOG_CONTEXT, NOW);

    expect(log).toEqual({
      ddsource: 'valence-security',
      service: 'audit-logs',
      ddtags: 'tenant:acme,forwarder_version:1.2.3',
      message: 'User ann@example.com signed in',
      actor: 'ann@example.com',
      action: 'User signed in',
      success: true,
      ipAddress: '192.0.2.7',
      details: 'User ann@example.com signed in',
      timeEpoch: NOW - 60,
      valence_forwarder: { fingerprint: FINGERPRINT, tenant: 'acme', run_id: 'run-1' },
    });
  });

  it("F83 keeps further fields away from Datadog's own names", () => {
    const extra = {
      status: 'emergency',
      host: 'h',
      service: 's',
      ddsource: 'd',
      message: 'm',
      timestamp: 1,
      date: 2,
    };

    const log = buildLog(auditSource(extra), LOG_CONTEXT, NOW);

    expect(log.valence_forwarder.extra).toEqual(extra);
    expect(Object.keys(log).sort()).toEqual([
      'action',
      'actor',
      'ddsource',
      'ddtags',
      'details',
      'ipAddress',
      'message',
      'service',
      'success',
      'timeEpoch',
      'valence_forwarder',
    ]);
    expect(log).toMatchObject({ service: 'audit-logs', ddsource: 'valence-security' });
  });

  it('F30 keeps a further field named __proto__ as data', () => {
    const record = JSON.parse('{"__proto__":{"ddsource":"evil"},"details":"x"}');

    const log = buildLog(auditSource({}, { record }), LOG_CONTEXT, NOW);

    expect(JSON.stringify(log.valence_forwarder.extra)).toBe('{"__proto__":{"ddsource":"evil"}}');
    expect(log.ddsource).toBe('valence-security');
  });

  it('is no alert: it speaks of no type', () => {
    expect(buildLog(auditSource(), LOG_CONTEXT, NOW).valence_forwarder).not.toHaveProperty('no_alert_type');
  });
});

describe('the date of a log', () => {
  it.each([
    ['17 hours ago', NOW - 17 * HOURS],
    ['now', NOW],
    ['10 minutes ahead', NOW + 600],
  ])("is the record's own when that is %s", (_, time) => {
    const alert = buildLog(alertSource({ creationTimestamp: time }), LOG_CONTEXT, NOW);
    const audit = buildLog(auditSource({ timeEpoch: time }), LOG_CONTEXT, NOW);

    expect(alert.alert).toHaveProperty('creationTimestamp', time);
    expect(audit).toHaveProperty('timeEpoch', time);
    for (const { valence_forwarder } of [alert, audit])
      expect(valence_forwarder).not.toHaveProperty('redated');
  });

  it.each([
    ['more than 17 hours ago', NOW - 17 * HOURS - 1],
    ['more than 10 minutes ahead', NOW + 601],
  ])('F49 is left to Datadog when the record lies %s', (_, time) => {
    const alert = buildLog(alertSource({ creationTimestamp: time }), LOG_CONTEXT, NOW);
    const audit = buildLog(auditSource({ timeEpoch: time }), LOG_CONTEXT, NOW);

    expect(alert.alert).not.toHaveProperty('creationTimestamp');
    expect(audit).not.toHaveProperty('timeEpoch');
    for (const { valence_forwarder } of [alert, audit]) {
      expect(valence_forwarder).toMatchObject({ redated: true, event_time: time });
      expect(valence_forwarder).not.toHaveProperty('timestamp_invalid');
    }
  });

  it.each([{ timeEpoch: undefined }, { timeEpoch: 'soon' }, { timeEpoch: 0 }])(
    'F25 is left to Datadog when the record has no usable time: $timeEpoch',
    (change) => {
      const log = buildLog(auditSource(change), LOG_CONTEXT, NOW);

      expect(log).not.toHaveProperty('timeEpoch');
      expect(log.valence_forwarder).toMatchObject({ redated: true, timestamp_invalid: true });
      expect(log.valence_forwarder).not.toHaveProperty('event_time');
    },
  );

  it.each([
    ['milliseconds', (NOW - 60) * 1000],
    ['text', String(NOW - 60)],
    ['an ISO date', new Date((NOW - 60) * 1000).toISOString()],
  ])('F25 goes out in whole seconds when it came as %s', (_, time) => {
    expect(buildLog(auditSource({ timeEpoch: time }), LOG_CONTEXT, NOW)).toHaveProperty(
      'timeEpoch',
      NOW - 60,
    );
    expect(buildLog(alertSource({ creationTimestamp: time }), LOG_CONTEXT, NOW).alert).toHaveProperty(
      'creationTimestamp',
      NOW - 60,
    );
  });

  it('F25 stays away from the record: the record is what it was', () => {
    const source = alertSource({ creationTimestamp: 1, alertType: {} });
    const before = structuredClone(source.record);

    buildLog(source, LOG_CONTEXT, NOW);

    expect(source.record).toEqual(before);
  });
});

describe('the tags of a log', () => {
  it("are the tenant, the version, the environment and the user's own", () => {
    const tags = logTags({ ...LOG_CONTEXT, env: 'prod', tags: ['team:soc', 'site:eu'] }, false);

    expect(tags).toBe('tenant:acme,forwarder_version:1.2.3,env:prod,team:soc,site:eu');
  });

  it('identify a backfill', () => {
    const log = buildLog(auditSource({}, { backfill: true }), LOG_CONTEXT, NOW);

    expect(log.ddtags).toBe('tenant:acme,forwarder_version:1.2.3,backfill:true');
  });
});
