import { LosslessNumber } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import {
  primaryEvent,
  primaryEventIndex,
} from '../../../../../../lambda/forwarder/core/records/primary-event.ts';
import { alertRecord, nested } from '../../../../../support/core-records.ts';
import { NOW } from '../../../../../support/outside-world.ts';

const user = { actorUser: { id: 'u1' } };
const app = { actorApp: { id: 'a1' } };
const at = (timestamp: unknown) => ({ eventTime: { timestamp } });
const indexOf = (...events: unknown[]) => primaryEventIndex(alertRecord({ events }));

describe('the primary event of an alert', () => {
  it('F41 is the latest event that has an actor', () => {
    expect(indexOf({ ...user, ...at(NOW) }, { ...app, ...at(NOW + 2) }, at(NOW + 9))).toBe(1);
  });

  it('is the latest event when none has an actor', () => {
    expect(indexOf(at(NOW), at(NOW + 1), at(NOW - 1))).toBe(1);
  });

  it.each([
    ['empty', { actorUser: { id: '', name: '', email: '' }, actorApp: { id: '' } }],
    ['nested', { actorUser: { id: nested(3) } }],
    ['absent', { actorUser: null, actorApp: {} }],
  ])('is not an event whose actor is %s, if another one has an actor', (_, actorless) => {
    expect(indexOf({ ...user, ...at(NOW) }, { ...actorless, ...at(NOW + 9) })).toBe(0);
  });

  it('is the first of several at the same time', () => {
    expect(indexOf({ ...user, ...at(NOW) }, { ...app, ...at(NOW) })).toBe(0);
  });

  it('reads the time of each event twice at most, however many there are', () => {
    let reads = 0;
    const first = {
      ...user,
      eventTime: {
        get timestamp() {
          reads++;
          return NOW + 9;
        },
      },
    };

    expect(indexOf(first, ...Array.from({ length: 100 }, () => ({ ...user, ...at(NOW) })))).toBe(0);
    expect(reads).toBeLessThanOrEqual(2);
  });

  it('compares times whatever their unit', () => {
    expect(indexOf({ ...user, ...at(NOW * 1000) }, { ...user, ...at(NOW + 1) }, user)).toBe(1);
  });

  it.each([
    ['no events', []],
    ['no list of events', 'none'],
    ['nothing but odd events', [null, 'text', 7, ['list']]],
  ])('F41 is missing when the alert has %s', (_, events) => {
    expect(primaryEventIndex(alertRecord({ events }))).toBeUndefined();
  });

  it('is found among odd ones', () => {
    expect(indexOf(null, 'text', user)).toBe(2);
  });
});

describe('the facts of a primary event', () => {
  it('leave out what the event does not contain', () => {
    expect(primaryEvent({ ip: '192.0.2.7', userAgent: null, actorApp: { name: 'Sync', id: null } })).toEqual({
      ip: '192.0.2.7',
      actor: { name: 'Sync' },
    });
  });

  it('leave out empty texts', () => {
    const event = {
      ip: '',
      userAgent: '',
      eventResult: 'Success',
      action: { actionName: '', actionType: '' },
    };

    expect(primaryEvent({ ...event, actorUser: { id: '', name: '', email: '' } })).toEqual({
      outcome: 'Success',
    });
  });

  it.each(['', ' ', '\n', '\u200b', null, undefined])('take the app where all of the user is %j', (value) => {
    const actorUser = { id: value, name: value, email: value };

    expect(primaryEvent({ actorUser, actorApp: { id: 'a1', name: 'Sync', email: '' } })).toEqual({
      actor: { id: 'a1', name: 'Sync' },
    });
  });

  it('never mix a user and an app', () => {
    expect(primaryEvent({ actorUser: { name: 'Ann', id: '' }, actorApp: { id: 'a1' } })).toEqual({
      actor: { name: 'Ann' },
    });
  });

  it('F31 keep a number that a double would round', () => {
    const id = new LosslessNumber('12345678901234567890');

    expect(primaryEvent({ actorUser: { id } })).toEqual({ actor: { id } });
  });

  it('F32 leave out what is nested where a plain value belongs', () => {
    const event = { ip: nested(10_000), platform: { name: 'x' }, actorUser: { id: nested(3), name: 'Ann' } };

    expect(primaryEvent(event)).toEqual({ actor: { name: 'Ann' } });
  });
});
