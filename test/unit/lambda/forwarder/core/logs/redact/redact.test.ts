import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeLog } from '../../../../../../../lambda/forwarder/core/logs/encode.ts';
import { hashOf, redaction } from '../../../../../../../lambda/forwarder/core/logs/redact/redact.ts';
import { parseJsonText } from '../../../../../../../lambda/shared/json-text.ts';
import { alertSource, auditSource, nested, SECRET } from '../../../../../../support/core-records.ts';
import { redactedLog } from '../../../../../../support/redacted-log.ts';

const keyed = (text: string) => createHmac('sha256', SECRET).update(`value\0${text}`).digest('hex');

const ANN = { id: 'u-4711', name: 'Ann Lee', email: 'ann@example.com' };

const event = (change: Record<string, unknown> = {}) => ({
  eventId: 'e1',
  actorType: 'User',
  actorUser: ANN,
  ip: '192.0.2.7',
  eventSummary: 'Ann Lee (ANN@example.com) gave herself a role',
  action: { actionName: 'Role given' },
  aux: { Operation: 'Add member', 'Target[3]': 'Ann Lee', 'Version@odata': '1' },
  ...change,
});

describe('removing', () => {
  it('takes a field out of every event and leaves the record, which may have to be quarantined, as it is', () => {
    const source = alertSource({ events: [event(), event({ eventId: 'e2' })] });
    const before = structuredClone(source);

    const log = redactedLog(source, { remove: ['alert.events[*].aux'] });

    const { aux: _, ...rest } = event();
    expect(log.alert?.['events']).toEqual([rest, { ...rest, eventId: 'e2' }]);
    expect(log.message).toBe('A privileged role was given to a user');
    expect(source).toEqual(before);
  });

  it('reaches a single object in place of a list, once', () => {
    const events = { aux: { secret: 'first', aux: { secret: 'second' } }, eventId: 'event-1' };
    const source = alertSource({ events });

    const removed = redactedLog(source, { remove: ['alert.events[*].aux.secret'] });
    const hashed = redactedLog(source, { hash: ['alert.events[*].aux'] });

    expect(removed).toHaveProperty('alert.events', { aux: { aux: {} }, eventId: 'event-1' });
    expect(hashed).toHaveProperty('alert.events', {
      aux: hashOf(SECRET, events.aux),
      eventId: 'event-1',
    });
  });

  it('reaches names with brackets, lists without [*], and every value of a map', () => {
    const source = alertSource({ events: [event()] });
    const without = (path: string) => redactedLog(source, { remove: [path] });

    expect(without('alert.events.aux["Target[3]"]')).toHaveProperty('alert.events.0.aux', {
      Operation: 'Add member',
      'Version@odata': '1',
    });
    expect(without('alert.events[*].aux[*]')).toHaveProperty('alert.events.0.aux', {});
  });

  it('keeps every field whose name becomes equal to another', () => {
    const source = auditSource({
      actors: ['ann@example.com', 'bob@example.com'],
      rights: { 'ann@example.com': 1, 'bob@example.com': 2, '[redacted] 2': 3, 'ann@example.com 4': 4 },
    });
    const log = redactedLog(source, { remove: ['valence_forwarder.extra.actors'] });
    expect(log.valence_forwarder.extra).toEqual({
      rights: { '[redacted]': 1, '[redacted] 3': 2, '[redacted] 2': 3, '[redacted] 4': 4 },
    });
  });

  it('leaves a log without such a field as it is', () => {
    const source = alertSource({ events: [event({ aux: null }), null, 'odd'] });
    expect(redactedLog(source, { remove: ['alert.events[*].aux.secret', 'actor'] })).toEqual(
      redactedLog(source, { remove: ['actor'] }),
    );
  });

  it('removes a message with the field that it copies', () => {
    const log = redactedLog(auditSource(), { remove: ['details'] });
    expect(log).not.toHaveProperty('message');
    expect(log).not.toHaveProperty('details');
  });
});

describe('hashing', () => {
  it('replaces a text by its keyed hash, everywhere in the log', () => {
    const log = redactedLog(auditSource({ approver: 'Ann@example.com', note: 'for ann@example.com only' }), {
      hash: ['actor'],
    });

    const hash = keyed('ann@example.com');
    expect(log['actor']).toBe(hash);
    expect(log['details']).toBe(`User ${hash} signed in`);
    expect(log.message).toBe(`User ${hash} signed in`);
    expect(log.valence_forwarder.extra).toEqual({ approver: hash, note: `for ${hash} only` });
  });

  it('replaces anything else by the keyed hash of its canonical JSON, and leaves null', () => {
    const source = alertSource({ connectorUids: ['b', 'a'], owner: { b: 1, a: null }, status: null });

    const log = redactedLog(source, {
      hash: ['alert.owner', 'alert.connectorUids[*]', 'alert.status', 'alert.missing'],
    });

    expect(log.alert).toMatchObject({
      owner: keyed('{"a":null,"b":1}'),
      connectorUids: [keyed('b'), keyed('a')],
      status: null,
    });
    expect(log.alert).not.toHaveProperty('missing');
  });
});

describe('what is derived from a redacted field', () => {
  it('is redacted with it: the primary event, sentences, and other fields of the same value', () => {
    const source = alertSource({
      summaryLine: 'Role given by Ann Lee <ann@example.com>',
      events: [event({ target: { name: 'Ann Lee' } })],
    });

    const log = redactedLog(source, {
      remove: ['alert.events[*].actorUser.name', 'alert.events[*].ip'],
      hash: ['alert.events[*].actorUser.email'],
    });

    const hash = keyed('ann@example.com');
    expect(JSON.stringify(log)).not.toMatch(/ann lee|ann@example\.com|192\.0\.2\.7/i);
    expect(log.valence_forwarder.primary_event?.['actor']).toEqual({ id: 'u-4711', email: hash });
    expect(log.message).toBe(`Role given by [redacted] <${hash}>`);
  });

  it('is redacted with a whole object: its name, e-mail and id go from the sentences', () => {
    const source = alertSource({ summaryLine: 'u-4711 is Ann Lee', events: [event()] });

    const log = redactedLog(source, { remove: ['alert.events[*].actorUser'] });

    expect(log.valence_forwarder.primary_event).not.toHaveProperty('actor');
    expect(log.message).toBe('[redacted] is [redacted]');
  });

  it('stays the same event, and goes with the events', () => {
    const source = alertSource({
      events: [event({ actorUser: undefined, eventId: 'later' }), event({ ip: '198.51.100.1' })],
    });

    const withoutActor = redactedLog(source, { remove: ['alert.events[*].actorUser'] });
    expect(withoutActor.valence_forwarder.primary_event?.['ip']).toBe('198.51.100.1');

    const withoutEvents = redactedLog(source, { remove: ['alert.events'] });
    expect(withoutEvents.valence_forwarder).not.toHaveProperty('primary_event');
  });

  it('can be redacted alone', () => {
    const log = redactedLog(alertSource({ events: [event()] }), {
      remove: ['message', 'valence_forwarder.primary_event.actor.name'],
    });
    expect(log).not.toHaveProperty('message');
    expect(log.valence_forwarder.primary_event?.['actor']).not.toHaveProperty('name');
  });
});

it('a short value goes where it is a word of its own, not where it is part of another', () => {
  const source = auditSource({ actor: 'Ann', details: 'Ann invited Annabelle; asked by ANN, not Joann' });
  expect(redactedLog(source, { remove: ['actor'] })['details']).toBe(
    '[redacted] invited Annabelle; asked by [redacted], not Joann',
  );
});

it('a value that is the name of a field goes too, unless the name is an ordinary one', () => {
  const source = auditSource({ grants: { 'ann@example.com': 'admin', actor: 'x' } });
  expect(redactedLog(source, { remove: ['actor'] }).valence_forwarder.extra).toEqual({
    grants: { '[redacted]': 'admin', actor: 'x' },
  });
});

it('nothing of a redacted value remains in the text that is posted, whatever else the record holds', () =>
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.string(), (anything, around) => {
      const secret = 'Zoë.Secret+1@Example.com';
      const source = auditSource({
        actor: secret,
        details: `${around}${secret.toUpperCase()}${around}`,
        extra: { anything, list: [secret, { deep: `${secret}${around}` }] },
      });

      const text = encodeLog(redactedLog(source, { hash: ['actor'] }));

      expect(text.toLowerCase()).not.toContain(secret.toLowerCase());
    }),
  ));

it('a name does not take the severity from an alert', () => {
  const source = alertSource({ events: [event({ actorUser: { name: 'Critical', email: 'High' } })] });
  const details = { severity: 'Critical', name: 'High' };
  const log = redactedLog(
    { ...source, alertType: details },
    { remove: ['alert.events[*].actorUser.name', 'alert.events[*].actorUser.email'] },
  );
  expect(log.alert_type_details).toEqual(details);
});

it('F30 F31 F32 hostile records pass: __proto__ as a field, exact numbers, ten thousand levels', () => {
  const { extra } = redactedLog(
    auditSource(
      parseJsonText('{"__proto__":{"polluted":"by ann@example.com"},"big":12345678901234567890}') as Record<
        string,
        unknown
      >,
    ),
    { remove: ['actor'] },
  ).valence_forwarder;
  expect(Object.keys(extra as object)).toContain('__proto__');
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  expect(encodeLog(redactedLog(auditSource({ deep: nested(10_000) }), { remove: ['actor'] }))).toContain(
    '"fingerprint"',
  );
  const whole = redactedLog(alertSource({ events: nested(10_000), aux: nested(10_000) }), {
    hash: ['alert.aux'],
    remove: ['alert.events[*].aux.user'],
  });
  expect(whole.alert?.['aux']).toMatch(/^[0-9a-f]{64}$/);
});

it('a record with too many values to hash loses its texts, and shows none of the values', () => {
  const events = Array.from({ length: 100_000 }, (_, index) => ({ actorUser: { email: `u${index}@x.io` } }));
  const log = redactedLog(alertSource({ events, summaryLine: 'By u99999@x.io' }), {
    hash: ['alert.events[*].actorUser.email'],
  });

  expect(log.message).toBe('[redacted]');
  expect(JSON.stringify(log)).not.toContain('@x.io');
});

it('a record with millions of short names and texts is cleaned in the memory of the function', () => {
  const names = Array.from({ length: 300_000 }, (_, index) => index.toString(36).padStart(5, 'q'));
  const texts = Array.from({ length: 2_000 }, () => 'ab');
  const log = redactedLog(alertSource({ names, texts, summaryLine: 'By q' }), { remove: ['alert.names'] });

  expect(log.alert?.['texts']).toContain('[redacted]');
});

it('someone who is called as a part of an alert does not take that from what has changed', () => {
  const source = {
    ...alertSource({ events: [event({ actorUser: { name: 'status' } })] }),
    update: true,
    changed: ['status'] as const,
  };
  const log = redactedLog(source, { remove: ['alert.events[*].actorUser.name'] });

  expect(log.valence_forwarder.changed).toEqual(['status']);
});

it('a record made to be searched for ever loses its texts instead', () => {
  const events = Array.from({ length: 3000 }, (_, index) => ({
    actorUser: { name: `person number ${index}` },
    eventSummary: 'x'.repeat(100),
  }));
  const log = redactedLog(alertSource({ events, summaryLine: 'By person number 7' }), {
    remove: ['alert.events[*].actorUser.name'],
  });

  expect(log.message).toBe('By [redacted]');
  expect(log).toHaveProperty('alert.events.0.eventSummary', '[redacted]');
});

it('does nothing without a rule', () => {
  expect(redaction({ remove: [], hash: [] }, SECRET)).toBeUndefined();
});
