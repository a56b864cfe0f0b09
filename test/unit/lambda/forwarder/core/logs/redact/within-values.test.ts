import { describe, expect, it } from 'vitest';
import { alertSource } from '../../../../../../support/core-records.ts';
import { redactedLog } from '../../../../../../support/redacted-log.ts';

const SUMMARY = 'Ada Lovelace shared a file';

/** The message of an alert without what is at a path. */
const messageWithout = (path: string, events: unknown): unknown =>
  redactedLog(alertSource({ summaryLine: SUMMARY, events }), { remove: [path] })['message'];

describe('a name within a removed value goes from sentences', () => {
  it.each([
    ['a text that is JSON', '{"user":{"name":"Ada Lovelace"}}'],
    ['a text that is a list of JSON', ' \n[{"userName":"Ada Lovelace"}]'],
    ['a text within an object that is JSON', { request: '{"name":"Ada Lovelace"}' }],
    ['a text in a list that is JSON', ['{"createdBy":"Ada Lovelace"}']],
    ['a name that JSON escapes', '{"name":"Ada \\u004covelace"}'],
    ['a map of people', { users: { 'Ada Lovelace': { files: 1 } } }],
    ['a map of people in a list', { members: [{ 'Ada Lovelace': true }] }],
    ['a map of people in a text', '{"owners":{"Ada Lovelace":{"files":1}}}'],
  ])('in %s', (_, aux) => {
    expect(messageWithout('alert.events[*].aux', [{ aux }])).toBe('[redacted] shared a file');
  });

  it.each([
    ['a text that only begins like JSON', '{"name":"Ada Lovelace"'],
    ['a map of anything else', { files: { 'Ada Lovelace': 1 } }],
    ['JSON of other fields', '{"title":"Ada Lovelace"}'],
  ])('but not in %s', (_, aux) => {
    expect(messageWithout('alert.events[*].aux', [{ aux }])).toBe(SUMMARY);
  });

  it('in JSON that would take too much memory, it is not looked for', () => {
    const aux = `[${'[],'.repeat(130_000)}{"name":"Ada Lovelace"}]`;
    expect(messageWithout('alert.events[*].aux', [{ aux }])).toBe(SUMMARY);
  });
});

describe('lists within lists', () => {
  const event = { actorUser: { name: 'Ada Lovelace' }, ip: '203.0.113.7' };

  it.each([1, 2, 3, 4])('are reached by one [*], %i deep', (depth) => {
    let events: unknown = event;
    for (let level = 0; level < depth; level++) events = [events];

    const log = redactedLog(alertSource({ summaryLine: SUMMARY, events }), {
      remove: ['alert.events[*].actorUser'],
    });

    expect(JSON.stringify(log)).not.toContain('Lovelace');
    expect(JSON.stringify(log)).toContain('203.0.113.7');
  });

  it('are reached ten thousand deep', () => {
    let events: unknown = [event];
    for (let level = 0; level < 10_000; level++) events = [events];

    expect(messageWithout('alert.events[*].actorUser', events)).toBe('[redacted] shared a file');
  });

  it('take one [*] for each level, as far as there are levels', () => {
    const aux = { rows: [['Ada Lovelace'], [['Bob']]], more: ['x'] };
    const log = redactedLog(alertSource({ events: [{ aux }] }), {
      remove: ['alert.events[*].aux.rows[*][*]'],
    });

    expect(log.alert?.['events']).toEqual([{ aux: { rows: [[], []], more: ['x'] } }]);
  });
});
