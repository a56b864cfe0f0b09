import { describe, expect, it } from 'vitest';
import { primaryEvent } from '../../../../../../../lambda/forwarder/core/records/primary-event.ts';
import { WRITTEN_FACTS } from '../../../../../../../lambda/shared/log-paths.ts';
import { plainValuesAt } from '../../../../../../../tools/datadog/interpreter/paths.ts';
import { alertSource, auditSource } from '../../../../../../support/core-records.ts';
import { redactedLog } from '../../../../../../support/redacted-log.ts';

const EVENT_PATH = 'alert.events[*].';
const FACT_PATH = 'valence_forwarder.primary_event.';

/** An event with a value of its own in each field that facts are taken from. */
function eventOf(values: Readonly<Record<string, string>>) {
  const event: Record<string, Record<string, string> | string> = {};
  for (const [path, value] of Object.entries(values)) {
    const [field, inner] = path.split('.') as [string, string?];
    event[field] = inner ? { ...(event[field] as object), [inner]: value } : value;
  }
  return event;
}

it('the facts of the primary event are taken from the fields that they are listed with', () => {
  for (const paths of WRITTEN_FACTS) {
    const fact = paths.find((path) => path.startsWith(FACT_PATH))?.slice(FACT_PATH.length);
    for (const path of paths.filter((other) => fact && other.startsWith(EVENT_PATH))) {
      const event = eventOf({ [path.slice(EVENT_PATH.length)]: '1900000000' });
      expect([path, ...plainValuesAt(primaryEvent(event), fact as string).map(String)]).toEqual([
        path,
        '1900000000',
      ]);
    }
  }
});

const event = (change: object = {}) => ({
  actorUser: { id: 'u-4711', name: 'Mallory', email: 'mallory@example.com' },
  target: { id: 'u-4711', name: 'Mallory', email: 'mallory@example.com' },
  ip: '203.0.113.7',
  eventSummary: 'Mallory (mallory@example.com, u-4711) from 203.0.113.7',
  ...change,
});

describe('what platforms write', () => {
  it.each(['203.0.113.7', 'Open', 'mallory@example.com'])('stays when someone is called %s', (name) => {
    const source = alertSource({ events: [event({ actorUser: { ...event().actorUser, name } })] });
    const log = redactedLog(source, { remove: ['alert.events[*].actorUser.name'] });
    expect(log.alert).toMatchObject({
      status: 'Open',
      events: [{ ip: '203.0.113.7', actorUser: { id: 'u-4711', email: 'mallory@example.com' } }],
    });
    expect(log.valence_forwarder.primary_event).toMatchObject({ ip: '203.0.113.7' });
    expect(JSON.stringify(log.alert?.['events']).split(name)).toHaveLength(name === 'Open' ? 1 : 2);
  });

  it.each(['203.0.113.7', '203.0', 'User signed in'])('stays when the actor is %s', (actor) => {
    const log = redactedLog(auditSource({ actor, ipAddress: '203.0.113.7', details: `By ${actor}.` }), {
      remove: ['actor'],
    });
    expect(log).toMatchObject({
      action: 'User signed in',
      ipAddress: '203.0.113.7',
      details: 'By [redacted].',
    });
  });

  it('is searched where a rule names it, whether in the event or in the primary event', () => {
    const source = alertSource({
      events: [
        event({ actorUser: { ...event().actorUser, email: 'ann@example.com' } }),
        event({ actorUser: { email: 'ANN@example.com' } }),
      ],
    });
    for (const path of ['valence_forwarder.primary_event.ip', 'alert.events[*].ip'])
      expect(JSON.stringify(redactedLog(source, { remove: [path] }))).not.toContain('203.0.113.7');
    for (const path of [
      'valence_forwarder.primary_event.actor.email',
      'valence_forwarder.primary_event.actor',
    ])
      expect(JSON.stringify(redactedLog(source, { remove: [path] }))).not.toMatch(/ann@example/i);
  });

  it('is searched where it is no text', () => {
    const log = redactedLog(
      alertSource({
        status: { by: 'Mallory' },
        connectorUids: 'Mallory',
        events: [event({ ip: ['by Mallory'] })],
      }),
      { remove: ['alert.events[*].actorUser.name'] },
    );
    expect(JSON.stringify(log)).not.toContain('Mallory');
  });

  it('stays where a rule names the same person elsewhere, except for the name', () => {
    const log = redactedLog(alertSource({ events: [event()] }), { remove: ['alert.events[*].target'] });
    expect(log.alert?.['events']).toEqual([
      {
        actorUser: { id: 'u-4711', name: '[redacted]', email: 'mallory@example.com' },
        ip: '203.0.113.7',
        eventSummary: '[redacted] ([redacted], [redacted]) from 203.0.113.7',
      },
    ]);
  });
});

it('a known sentence goes as a whole where a rule names it or the message that copies it', () => {
  const details = 'Created API Key "integration" for "ann@example.com"';
  for (const path of ['message', 'details'])
    expect(JSON.stringify(redactedLog(auditSource({ details }), { remove: [path] }))).not.toContain(
      'API Key',
    );
});

it('a hash stays as it is, even if someone is called as a part of it', () => {
  const rules = { hash: ['alert.events[*].actorUser.email'], remove: ['alert.events[*].actorUser.name'] };
  const actorCalled = (name: string) => {
    const source = alertSource({ events: [event({ actorUser: { ...event().actorUser, name } })] });
    return redactedLog(source, rules).valence_forwarder.primary_event?.['actor'];
  };
  const { email: hash } = actorCalled('Mallory') as { email: string };
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(actorCalled(hash.slice(10, 30))).toEqual({ id: 'u-4711', email: hash });
});
