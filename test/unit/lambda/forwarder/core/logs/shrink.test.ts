import fc from 'fast-check';
import { LosslessNumber } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import { buildLog } from '../../../../../../lambda/forwarder/core/logs/build.ts';
import { shrink } from '../../../../../../lambda/forwarder/core/logs/shrink.ts';
import type { Log, LogSource } from '../../../../../../lambda/forwarder/core/logs/types.ts';
import { canonicalJson } from '../../../../../../lambda/forwarder/core/records/canonical-json.ts';
import type { JsonObject } from '../../../../../../lambda/shared/json.ts';
import { alertSource, auditSource, LOG_CONTEXT } from '../../../../../support/core-records.ts';
import { NOW } from '../../../../../support/outside-world.ts';

const MAX_BYTES = 1_000_000;

function shrunken(source: LogSource, maxBytes = MAX_BYTES): Log {
  const log = shrink(buildLog(source, LOG_CONTEXT, NOW), maxBytes);
  if (!log) throw new Error('The log could not be shrunk.');
  expect(Buffer.byteLength(canonicalJson(log))).toBeLessThanOrEqual(maxBytes);
  return log;
}

/** A fact of 3,000 characters after it was cut. */
const CUT_FACT = /^(.)\1{199} \[left out: 2600 characters\] \1{200}$/;

const eventsOf = (log: Log) => log.alert?.['events'] as JsonObject[];

describe('shrinking a log', () => {
  it('F28 leaves out the largest aux first, and no more than needed', () => {
    const events = [
      { eventId: 'e0', aux: { text: 'a'.repeat(300_000) } },
      { eventId: 'e1', aux: { text: 'b'.repeat(900_000) } },
      { eventId: 'e2', aux: { text: 'c'.repeat(400_000) } },
    ];

    const log = shrunken(alertSource({ events }));

    expect(eventsOf(log)).toEqual([events[0], { eventId: 'e1', aux: '[left out: 900011 bytes]' }, events[2]]);
    expect(log.valence_forwarder.shrunk).toBe(true);
  });

  it('F28 cuts long texts when there is no aux to leave out', () => {
    const log = shrunken(auditSource({ details: 'd'.repeat(2_000_000) }));

    const half = 'd'.repeat(1_000);
    expect(log['details']).toBe(`${half} [left out: 1998000 characters] ${half}`);
    expect(log).toMatchObject({ actor: 'ann@example.com', timeEpoch: NOW - 60 });
  });

  it('F28 cuts a sentence in the middle, where the names are, and no text that would not get shorter', () => {
    const details = `Created user ${'x'.repeat(1_100_000)} with role "Admin" with access to Duo "Main"`;

    const log = shrunken(auditSource({ details, action: 'a'.repeat(2_020) }));

    expect(log['details']).toMatch(
      /^Created user x+ \[left out: \d+ characters\] x+ with role "Admin" with access to Duo "Main"$/,
    );
    expect(log['message']).toBe(log['details']);
    expect(log['action']).toBe('a'.repeat(2_020));
  });

  it.each([
    ['quotes', '"'],
    ['halves of characters', '\ud800'],
    ['characters of several bytes', '日'],
  ])('keeps every fact of the primary event, shorter if its texts are long: of %s', (_, filling) => {
    const long = filling.repeat(3_000);
    const event = {
      actorType: 'User',
      actorUser: { id: 'u-1', name: long, email: 'mallory@example.com' },
      ip: '203.0.113.7',
      userAgent: long,
      eventResult: long,
      platform: 'GitHub',
      eventTime: { timestamp: NOW },
    };
    const sharedFiles = Array.from({ length: 60_000 }, (_, index) => `file-${index}-of-a-shared-folder`);

    const { valence_forwarder } = shrunken(alertSource({ sharedFiles, events: [event] }));

    expect(valence_forwarder.primary_event).toEqual({
      actor_type: 'User',
      actor: { id: 'u-1', name: expect.stringMatching(CUT_FACT), email: 'mallory@example.com' },
      ip: '203.0.113.7',
      outcome: expect.stringMatching(CUT_FACT),
      user_agent: expect.stringMatching(CUT_FACT),
      platform: 'GitHub',
      time: NOW,
    });
  });

  it('spares events and tags of its own alone, not fields of these names elsewhere', () => {
    const bulk = Array(100_000).fill('bulk-of-text');

    const log = shrunken({
      ...alertSource({ ddtags: bulk, primary_event: bulk }),
      alertType: { vuid: 'type-1', events: bulk },
    });

    for (const value of [
      log.alert?.['ddtags'],
      log.alert?.['primary_event'],
      log.alert_type_details?.['events'],
    ])
      expect(value).toMatch(/^\[left out: \d+ bytes\]$/);
  });

  it('cuts a number of a great many digits, as a text', () => {
    const number = new LosslessNumber('1'.repeat(1_100_000));

    const log = shrunken(alertSource({ events: [{ ip: number, actorUser: { id: 'u-1' } }] }));

    expect(log.valence_forwarder.primary_event?.['ip']).toMatch(
      /^1{200} \[left out: 1099600 characters\] 1{200}$/,
    );
  });

  it('F28 leaves out a list of a great many short texts, and keeps the events', () => {
    const events = [{ eventId: 'e0' }];

    const log = shrunken(alertSource({ events, connectorUids: Array(200_000).fill('connector') }));

    expect(log.alert).toMatchObject({ vuid: 'alert-1', events, connectorUids: '[left out: 2400001 bytes]' });
  });

  it('F28 leaves out events only when nothing else helps, keeping the first ones', () => {
    const events = Array.from({ length: 3_000 }, (_, index) => ({ eventId: index, text: 't'.repeat(1_000) }));

    const log = shrunken(alertSource({ events }));

    expect(eventsOf(log).length).toBeGreaterThan(900);
    expect(eventsOf(log)).toEqual(events.slice(0, eventsOf(log).length));
  });

  it('leaves out a value of events that is not a list', () => {
    const events = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [n, '日'.repeat(6_000)]));

    const log = shrunken(alertSource({ events }));

    expect(log.alert?.['events']).toMatch(/^\[left out: \d+ bytes\]$/);
  });

  it('keeps the tags whole', () => {
    const tags = Array.from({ length: 30 }, (_, index) => `tag${index}:${'v'.repeat(190)}`);
    const log = buildLog(auditSource({ details: 'd'.repeat(2_000_000) }), { ...LOG_CONTEXT, tags }, NOW);

    expect(shrink(log, MAX_BYTES)?.ddtags).toBe(log.ddtags);
  });

  it('F28, F30 always ends below the limit of Datadog, whatever makes the log large', () => {
    const filling = fc.constantFrom('a', '\u0000', '\ud800', '日', '😀');
    const field = fc.constantFrom('events', 'summaryLine', 'details', 'connectorUids', 'unknown');
    const bulk = fc.oneof(
      filling.map((text): unknown => text.repeat(1_100_000)),
      filling.map((text): unknown => Array(200_000).fill(text.repeat(5))),
      filling.map((text): unknown =>
        Array(2_000).fill({ eventId: 1, aux: { text: text.repeat(200) }, ip: text.repeat(400) }),
      ),
      filling.map((text): unknown =>
        Object.fromEntries(Array.from({ length: 200 }, (_, n) => [n, text.repeat(6_000)])),
      ),
    );

    fc.assert(
      fc.property(field, bulk, (key, value) => {
        shrunken(alertSource({ [key]: value }));
        shrunken(auditSource({ [key]: value }));
      }),
      { numRuns: 8 },
    );
  });

  it('gives up when even the smallest form of a log is too large', () => {
    expect(shrink(buildLog(auditSource(), LOG_CONTEXT, NOW), 100)).toBeUndefined();
  });
});
