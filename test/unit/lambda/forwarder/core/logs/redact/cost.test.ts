import { expect, it } from 'vitest';
import { buildLog } from '../../../../../../../lambda/forwarder/core/logs/build.ts';
import { foldedWithin } from '../../../../../../../lambda/forwarder/core/logs/redact/fold.ts';
import { redaction } from '../../../../../../../lambda/forwarder/core/logs/redact/redact.ts';
import type { JsonObject } from '../../../../../../../lambda/shared/json.ts';
import { alertSource, LOG_CONTEXT, SECRET } from '../../../../../../support/core-records.ts';
import { NOW } from '../../../../../../support/outside-world.ts';

/** Work is counted, not timed: what is beyond the limit shows in texts that go without a search. */

const WIDE = '\ufdfa';
const WIDTH = WIDE.normalize('NFKD').length;

const alertWithout = (path: string, fields: JsonObject, secret = 'Ada Lovelace') =>
  buildLog(
    alertSource({ secret, ...fields }),
    { ...LOG_CONTEXT, redaction: redaction({ remove: [path], hash: [] }, SECRET) },
    NOW,
  ).alert as JsonObject;

it('folding counts what characters become, and stops where the result is too long', () => {
  let spent = 0;
  const spend = (comparisons: number) => {
    spent += comparisons;
    return true;
  };
  expect(foldedWithin(WIDE.repeat(1000), 1_000_000, spend)).toHaveLength(1000 * WIDTH);
  const each = spent / 1000;
  spent = 0;
  foldedWithin('ü'.repeat(1000), 1_000_000, spend);
  expect(each).toBe((spent / 1000) * WIDTH);
  expect(foldedWithin(WIDE.repeat(60_000), 1_000_000, spend)).toBeUndefined();
});

it('characters that stand for many exhaust the limit, and no text is searched any more', () => {
  const wide = Array.from({ length: 20 }, () => WIDE.repeat(50_000));
  const log = alertWithout('alert.secret', { texts: [...wide, 'By Ada Lovelace', 'By Bob'] });
  expect((log['texts'] as string[]).slice(-2)).toEqual(['[redacted]', '[redacted]']);
});

it('fields whose names cannot be searched any more go with them, but for one', () => {
  const many = Object.fromEntries(Array.from({ length: 150_000 }, (_, index) => [`by name ${index}`, index]));
  const log = alertWithout('alert.secret', { many: { ...many, 'Ada Lovelace': 1 }, last: 'By Bob' });
  const fields = Object.keys(log['many'] as object);
  expect(fields.length).toBeLessThan(150_000);
  expect(fields).not.toContain('Ada Lovelace');
  expect(fields.filter((field) => field.startsWith('[redacted]'))).toEqual(['[redacted]']);
});

it('replacements that are longer than names count', () => {
  const source = alertSource({
    secret: 'Ada',
    texts: Array.from({ length: 3000 }, () => 'Ada '.repeat(900)),
  });
  const hashing = redaction({ remove: [], hash: ['alert.secret'] }, SECRET);
  const { texts } = buildLog(source, { ...LOG_CONTEXT, redaction: hashing }, NOW).alert as {
    texts: string[];
  };
  const replaced = texts.filter((text) => text !== '[redacted]');
  const removing = (
    alertWithout('alert.secret', { texts: source.record['texts'] }, 'Ada')['texts'] as string[]
  ).filter((text) => text !== '[redacted]');
  expect(replaced.length).toBeGreaterThan(0);
  expect(replaced.length).toBeLessThan(removing.length);
});

it('a field named __proto__ is kept and edited as any other', () => {
  const secret = JSON.parse('{"__proto__":{"name":"Ada Lovelace"},"other":1}');
  const log = alertWithout('alert.aux.__proto__.name', { aux: secret, text: 'By Ada Lovelace' });
  expect(JSON.stringify(log['aux'])).toBe('{"__proto__":{},"other":1}');
  expect(log['text']).toBe('By [redacted]');
});
