import { LosslessNumber } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import { type AttributeOf, exclusion } from '../../../../../../lambda/forwarder/core/logs/exclude.ts';
import {
  type ExcludeCondition,
  excludePathProblem,
} from '../../../../../../lambda/shared/exclude-condition.ts';

const attributesOf =
  (log: object): AttributeOf =>
  (name) =>
    Object.hasOwn(log, name) ? Reflect.get(log, name) : undefined;

const isExcluded = (
  where: ExcludeCondition['where'],
  attributes: object,
  stream: ExcludeCondition['stream'] = 'audit-logs',
) => exclusion([{ stream, where }], stream)?.(attributesOf(attributes));

describe('a condition', () => {
  it.each<[string, ExcludeCondition['where'], object, boolean]>([
    ['the same text', { action: ['User signed in'] }, { action: 'User signed in' }, true],
    ['the text in another case', { action: ['USER signed IN'] }, { action: 'User Signed in' }, true],
    ['one of several values', { action: ['x', 'y'] }, { action: 'Y' }, true],
    ['a part of the text', { action: ['User signed'] }, { action: 'User signed in' }, false],
    ['a boolean', { success: [true] }, { success: true }, true],
    ['a boolean, given as text', { success: ['True'] }, { success: true }, true],
    ['a number, given as text', { timeEpoch: ['17'] }, { timeEpoch: 17 }, true],
    [
      'a number of many digits',
      { details: ['12345678901234567890'] },
      { details: new LosslessNumber('12345678901234567890') },
      true,
    ],
    ['null', { actor: [null] }, { actor: null }, true],
    ['no value', { actor: ['undefined', null, ''] }, {}, false],
    ['an object', { actor: ['[object Object]', '{}'] }, { actor: {} }, false],
    [
      'what an object inherits',
      { 'details.length': [1], 'actor.constructor.name': ['Object'] },
      { details: 'x', actor: {} },
      false,
    ],
    ['all paths', { action: ['a'], success: [true] }, { action: 'a', success: true }, true],
    ['only one of two paths', { action: ['a'], success: [true] }, { action: 'a', success: false }, false],
    [
      'any element of a list',
      { 'details.list[*].id': ['b'] },
      { details: { list: [{ id: 'a' }, { id: 'b' }] } },
      true,
    ],
    [
      'any element, without [*]',
      { 'details.list.id': ['b'] },
      { details: { list: [{ id: 'a' }, { id: 'b' }] } },
      true,
    ],
    ['any text of a list', { 'details.list': ['b'] }, { details: { list: ['a', 'b'] } }, true],
    ['any value of an object', { 'details[*]': ['b'] }, { details: { x: 'a', y: 'b' } }, true],
    [
      'lists in a list, however deep',
      { details: ['b'] },
      { details: JSON.parse(`${'['.repeat(5000)}"b"${']'.repeat(5000)}`) },
      false,
    ],
  ])('compares exactly: %s', (_, where, attributes, expected) => {
    expect(isExcluded(where, attributes)).toBe(expected);
  });

  it('is about one stream', () => {
    const conditions: ExcludeCondition[] = [{ stream: 'alerts', where: { message: ['x'] } }];

    expect(exclusion(conditions, 'alerts')?.(attributesOf({ message: 'x' }))).toBe(true);
    expect(exclusion(conditions, 'audit-logs')).toBeUndefined();
  });

  it('is one of several', () => {
    const excluded = exclusion(
      [
        { stream: 'audit-logs', where: { action: ['a'] } },
        { stream: 'audit-logs', where: { action: ['b'] } },
      ],
      'audit-logs',
    );

    expect(['a', 'b', 'c'].map((action) => excluded?.(attributesOf({ action })))).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('F77 a path of a condition', () => {
  it.each([
    ['alerts', 'alert.status'],
    ['alerts', 'alert_type_details.severity'],
    ['alerts', 'valence_forwarder.primary_event.actor.name'],
    ['alerts', 'message'],
    ['audit-logs', 'message'],
    ['audit-logs', 'valence_forwarder.extra.owner'],
  ] as const)('in a log of %s, %s is taken', (stream, path) => {
    expect(excludePathProblem(stream, path)).toBeUndefined();
  });

  it.each([
    ['alerts', 'alert..status', 'is not a path'],
    ['alerts', 'status', 'names nothing'],
    ['alerts', 'valence_forwarder.run_id', 'names nothing'],
    ['alerts', 'action', 'is in no log of alerts'],
    ['audit-logs', 'alert.status', 'is in no log of audit-logs'],
    ['alerts', 'alert.alertType.severity', 'is at alert_type_details'],
    ['alerts', 'valence_forwarder.primary_event', 'names an object'],
  ] as const)('in a log of %s, %s is refused, because it could never match', (stream, path, says) => {
    expect(excludePathProblem(stream, path)).toContain(says);
  });
});
