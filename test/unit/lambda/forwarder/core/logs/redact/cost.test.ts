import { expect, it } from 'vitest';
import { buildLog } from '../../../../../../../lambda/forwarder/core/logs/build.ts';
import { LogBudget, RunBudget } from '../../../../../../../lambda/forwarder/core/logs/redact/budget.ts';
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

const EXHAUSTED = new RunBudget(0);

/** What redaction leaves of an alert whose secret is a name, with the rest of a run's budget. */
const alertIn = (rest: RunBudget, fields: JsonObject, hashedBefore?: readonly string[]) => {
  const rules = redaction(
    { remove: ['alert.secret', 'alert.events[*].actorUser'], hash: [] },
    SECRET,
    false,
    rest,
  );
  const redacting = hashedBefore ? rules?.hashedBefore(hashedBefore) : rules;
  const source = alertSource({ secret: 'Ada Lovelace', ...fields });
  return buildLog(source, { ...LOG_CONTEXT, redaction: redacting }, NOW).alert as JsonObject;
};

/** Takes more than is free, and less than one log may spend. */
const LONG = { texts: Array.from({ length: 20 }, () => 'By Ada Lovelace. '.repeat(100)) };

/** An alert with events of ten people, as Valence writes it. */
const ORDINARY = {
  events: Array.from({ length: 10 }, (_, index) => ({
    actorUser: { id: `id-${index}`, name: `Ada Lovelace ${index}`, email: `ada${index}@example.com` },
    eventSummary: `Ada Lovelace ${index} shared the file Budget plan of the year ${index} with an external user`,
    userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko)',
    aux: { title: `Plan ${index}`, visibility: 'anyone with the link', owner: `ada${index}@example.com` },
  })),
  texts: ['By Ada Lovelace', 'By Bob'],
};

it('an ordinary log is searched whatever the logs before it have cost', () => {
  const { texts, events } = alertIn(EXHAUSTED, ORDINARY) as { texts: string[]; events: JsonObject[] };
  expect(texts).toEqual(['By [redacted]', 'By Bob']);
  expect(events[9]?.['eventSummary']).toMatch(/^\[redacted\] shared the file Budget plan of the year 9 /);
});

it('costly logs spend what their run has left, and then their texts go without a search', () => {
  const run = new RunBudget(100_000_000);
  const searched = Array.from({ length: 100 }, () => alertIn(run, LONG)['texts'] as string[]).map(
    (texts) => texts.at(-1) !== '[redacted]',
  );
  const last = searched.lastIndexOf(true);
  expect(last).toBeGreaterThan(0);
  expect(last).toBeLessThan(50);
});

it('what a replay redacts again spends the budget of the same run', () => {
  const texts = alertIn(EXHAUSTED, LONG, ['alert.other'])['texts'] as string[];
  expect(texts.at(-1)).toBe('[redacted]');
  expect((alertIn(new RunBudget(), LONG, ['alert.other'])['texts'] as string[]).at(-1)).not.toBe(
    '[redacted]',
  );
});

it('a log asks its run for what is not free alone, and gets no more once too much was asked for', () => {
  const run = new RunBudget(10);
  const [first, second] = [new LogBudget(run), new LogBudget(run)];
  expect([first.spend(5_000_000), first.spend(9), first.isExhausted]).toEqual([true, true, false]);
  expect([first.spend(2), first.spend(0), first.isExhausted]).toEqual([false, false, true]);
  expect([second.spend(5_000_001), second.spend(1)]).toEqual([true, false]);
});

it('all logs of a run together get twenty thousand million comparisons, and one of them a third of a thousand million at most', () => {
  const run = new RunBudget();
  expect([run.take(20_000_000_000), run.take(1)]).toEqual([true, false]);
  expect(new LogBudget(new RunBudget()).spend(300_000_001)).toBe(false);
});
