import { describe, expect, it } from 'vitest';
import {
  quarantinedElement,
  quarantinedRecord,
  replayContext,
} from '../../../../../../lambda/forwarder/core/delivery/quarantined.ts';
import { buildLog } from '../../../../../../lambda/forwarder/core/logs/build.ts';
import { redaction } from '../../../../../../lambda/forwarder/core/logs/redact/redact.ts';
import type { LogContext } from '../../../../../../lambda/forwarder/core/logs/types.ts';
import { keyedFingerprint } from '../../../../../../lambda/shared/keyed-digest.ts';
import { LOG_CONTEXT, SECRET } from '../../../../../support/core-records.ts';
import { itemOf } from '../../../../../support/delivery.ts';
import { NOW } from '../../../../../support/outside-world.ts';

const RULES = { remove: ['details'], hash: ['actor', 'valence_forwarder.extra.approver'] };
const REFUSAL = { reason: 'HTTP 400', status: 400 };

const redacting = (inQuarantine: boolean): LogContext => ({
  ...LOG_CONTEXT,
  redaction: redaction(RULES, SECRET, inQuarantine),
});

const ITEM = itemOf(1, { details: 'user-1 signed in', approver: 'boss@example.com', level: 3 });

const circumstances = (logContext: LogContext) =>
  ({ stream: 'audit-logs', logContext, now: NOW * 1000 }) as const;

const logOf = (context: LogContext, fingerprint: string, record = ITEM.record) =>
  buildLog({ ...ITEM, record, fingerprint, stream: 'audit-logs' }, context, NOW);

describe('a quarantined record', () => {
  it('is the record as it came when logs are not redacted', () => {
    const object = quarantinedRecord(ITEM, REFUSAL, circumstances(LOG_CONTEXT));

    expect(object).toMatchObject({ record: ITEM.record, fingerprint: ITEM.fingerprint, httpStatus: 400 });
    expect(object).not.toHaveProperty('keyed');
    expect(object).not.toHaveProperty('redacted');
  });

  it('has the fingerprint of its log when logs are redacted', () => {
    const object = quarantinedRecord(ITEM, REFUSAL, circumstances(redacting(false)));

    expect(object).toMatchObject({ record: ITEM.record, keyed: true });
    expect(object.fingerprint).toBe(keyedFingerprint(SECRET, ITEM.fingerprint));
    expect(object).not.toHaveProperty('redacted');
  });

  it.each([true, false])(
    'becomes the same log when it is replayed (redacted in quarantine: %s)',
    (inQuarantine) => {
      const context = redacting(inQuarantine);
      const object = quarantinedRecord(ITEM, REFUSAL, circumstances(context));

      const replayed = logOf(replayContext(object, context), object.fingerprint, object.record);

      expect(replayed).toEqual(logOf(context, ITEM.fingerprint));
    },
  );

  it('contains nothing that logs must not show, if the quarantine is redacted', () => {
    const object = quarantinedRecord(ITEM, REFUSAL, circumstances(redacting(true)));

    expect(object.redacted).toEqual(RULES.hash);
    expect(JSON.stringify(object)).not.toMatch(/user-1|boss@example.com/);
    expect(object.record).toMatchObject({ timeEpoch: ITEM.time, level: 3 });
  });

  it('is redacted by rules that were added after it was quarantined', () => {
    const before = { ...LOG_CONTEXT, redaction: redaction({ remove: [], hash: ['details'] }, SECRET, true) };
    const now = {
      ...LOG_CONTEXT,
      redaction: redaction({ remove: ['actor'], hash: ['details'] }, SECRET, true),
    };
    const object = quarantinedRecord(ITEM, REFUSAL, circumstances(before));

    const replayed = logOf(replayContext(object, now), object.fingerprint, object.record);

    expect(JSON.stringify(object)).toContain('user-1');
    expect(JSON.stringify(replayed)).not.toContain('user-1');
    expect(replayed['details']).toBe(object.record['details']);
  });

  it.each(['message', 'valence_forwarder.extra.approver', 'valence_forwarder.event_time'])(
    'keeps %s hashed when it is replayed, and hashes it once',
    (path) => {
      const context = { ...LOG_CONTEXT, redaction: redaction({ remove: [], hash: [path] }, SECRET, true) };
      const time = NOW - 30 * 86_400;
      const item = { ...ITEM, time, record: { ...ITEM.record, timeEpoch: time } };
      const source = { ...item, stream: 'audit-logs' } as const;
      const object = quarantinedRecord(item, REFUSAL, circumstances(context));

      const replayed = buildLog(
        { ...source, record: object.record, fingerprint: object.fingerprint },
        replayContext(object, context),
        NOW,
      );

      expect(replayed).toEqual(buildLog(source, context, NOW));
    },
  );

  it('of an alert keeps its primary event hashed when it is replayed, and hashes it once', () => {
    const path = 'valence_forwarder.primary_event.actor.name';
    const context = { ...LOG_CONTEXT, redaction: redaction({ remove: [], hash: [path] }, SECRET, true) };
    const event = { actorUser: { name: 'Ann Lee' }, timestamp: NOW - 60 };
    const record = { vuid: 'a', creationTimestamp: NOW - 60, summaryLine: 'By Ann Lee', events: [event] };
    const item = { ...ITEM, record, alertType: undefined };
    const source = { ...item, stream: 'alerts' } as const;
    const object = quarantinedRecord(item, REFUSAL, { ...circumstances(context), stream: 'alerts' });

    const replayed = buildLog(
      { ...source, record: object.record, fingerprint: object.fingerprint },
      replayContext(object, context),
      NOW,
    );

    expect(replayed).toEqual(buildLog(source, context, NOW));
    expect(JSON.stringify(replayed)).toMatch(/"name":"[0-9a-f]{64}"/);
  });

  it('whose further fields are hashed as a whole keeps none of them', () => {
    const context = {
      ...LOG_CONTEXT,
      redaction: redaction({ remove: [], hash: ['valence_forwarder.extra'] }, SECRET, true),
    };

    const object = quarantinedRecord(ITEM, REFUSAL, circumstances(context));

    expect(Object.keys(object.record).sort()).toEqual([
      'action',
      'actor',
      'details',
      'ipAddress',
      'success',
      'timeEpoch',
    ]);
  });

  it('of an alert keeps its redacted type', () => {
    const context = {
      ...LOG_CONTEXT,
      redaction: redaction({ remove: ['alert.owner', 'alert_type_details.author'], hash: [] }, SECRET, true),
    };
    const alert = {
      vuid: 'a',
      owner: 'ann@example.com',
      creationTimestamp: NOW - 60,
      summaryLine: 'Of ann@example.com',
    };
    const item = { ...ITEM, record: alert, alertType: { vuid: 't', author: 'eve@example.com' } };

    const object = quarantinedRecord(item, REFUSAL, { ...circumstances(context), stream: 'alerts' });

    expect(object.record).toEqual({ vuid: 'a', creationTimestamp: NOW - 60, summaryLine: 'Of [redacted]' });
    expect(object.alertType).toEqual({ vuid: 't' });
  });
});

describe('a quarantined element', () => {
  const element = { raw: Buffer.from('{"actor": NaN}'), fingerprint: 'e'.repeat(32) };

  it('has its bytes', () => {
    expect(quarantinedElement(element, circumstances(redacting(false)))).toMatchObject({
      raw: element.raw.toString('base64'),
      keyed: true,
    });
  });

  it('has no bytes if the quarantine is redacted: they may hold what logs must not show', () => {
    expect(quarantinedElement(element, circumstances(redacting(true)))).toMatchObject({
      raw: '',
      redacted: RULES.hash,
    });
  });
});
