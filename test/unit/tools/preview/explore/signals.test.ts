import { describe, expect, it } from 'vitest';
import type { DetectionRule } from '../../../../../infra/datadog/rule-types.ts';
import { DETECTION_RULES, type RuleKey } from '../../../../../infra/datadog/rules.ts';
import { isEvaluated, signalsOf } from '../../../../../tools/datadog/evaluator/rules.ts';
import type { ProcessedLog } from '../../../../../tools/datadog/interpreter/log.ts';
import { logTest, matches } from '../../../../../tools/datadog/interpreter/query/match.ts';
import { BadQuery } from '../../../../../tools/preview/bad-query.ts';
import { Archive, idOf } from '../../../../../tools/preview/explore/archive.ts';
import { messageBlocks } from '../../../../../tools/preview/explore/message.ts';
import { Signals } from '../../../../../tools/preview/explore/signals.ts';
import { sampleRecords } from '../../../../support/datadog/sample-logs.ts';

const LOGS = sampleRecords();
const signals = new Signals(new Archive(LOGS));
const ALL = { offset: 0, limit: 1e6 };
const all = signals.list(ALL);

const RULES = Object.entries<DetectionRule>(DETECTION_RULES);
const START = 1_767_000_000_000;

/** A failed sign-in, some seconds after the start. */
const failure = (seconds: number, name: string | undefined = 'ann@example.com'): ProcessedLog => ({
  source: 'valence-security',
  service: 'audit-logs',
  status: 'error',
  timestamp: START + seconds * 1000,
  message: 'Failed',
  tags: [],
  attributes: {
    usr: { name },
    evt: { name: 'User signed in', outcome: 'false' },
    valence_forwarder: { fingerprint: `f${seconds}` },
  },
});

const failures = (number: number) => Array.from({ length: number }, (_, index) => failure(index));

const quietOf = (rule: RuleKey, logs: readonly ProcessedLog[]) =>
  new Signals(new Archive(logs)).list(ALL).quiet.find((each) => each.rule === rule);

describe('the list of signals', () => {
  it.each(RULES)('has those of the evaluator: %s', (key, rule) => {
    const expected = isEvaluated(rule) ? signalsOf(rule, LOGS) : [];
    const shown = all.signals.filter((signal) => signal.rule === key);
    expect(shown).toHaveLength(expected.length);
    expect(all.rules.find((each) => each.rule === key)?.count ?? 0).toBe(expected.length);
    expect(all.quiet.some((each) => each.rule === key)).toBe(expected.length === 0);
  });

  it('counts each signal under one severity, and pages without loss', () => {
    expect(all.statuses.reduce((sum, { count }) => sum + count, 0)).toBe(all.total);
    const pages = [0, 7, 14].flatMap((offset) => signals.list({ offset, limit: 7 }).signals);
    expect(pages).toEqual(all.signals.slice(0, 21));
  });

  it('shows those of a severity and of a rule', () => {
    const { signals: found, matching, total } = signals.list({ ...ALL, status: 'high', rule: 'alert' });
    expect(found.every(({ status, rule }) => status === 'high' && rule === 'alert')).toBe(true);
    expect(matching).toBe(found.length);
    expect(total).toBe(all.total);
  });

  it('titles a signal by its rule and group, and an alert by its type', () => {
    const raised = new Signals(new Archive(failures(10))).list(ALL);
    expect(raised.signals).toMatchObject([
      {
        rule: 'failed-sign-ins',
        status: 'low',
        title: 'Valence: many failed sign-ins of one user on ann@example.com',
        group: [{ facet: '@usr.name', value: 'ann@example.com' }],
        from: START + 9000,
        to: START + 9000,
        logs: 10,
      },
    ]);
    const alert = all.signals.find(({ rule }) => rule === 'alert');
    expect(alert?.title).toMatch(/^Valence: \S/);
    expect(alert?.group[0]?.facet).toMatch(/^@(alert\.vuid|valence_forwarder\.fingerprint)$/);
  });
});

describe('one signal', () => {
  it('has the logs behind it, which its search finds', () => {
    for (const { id, logs, from, to } of all.signals) {
      const { samples, search } = signals.one(id);
      expect(samples.length).toBe(Math.min(logs, 10));
      expect(samples[0]?.timestamp).toBeLessThanOrEqual(to);
      const test = logTest(search);
      const found = new Set(LOGS.filter((log) => test(log)).map(idOf));
      for (const sample of samples) expect(found, search).toContain(sample.id);
      expect(from).toBeLessThanOrEqual(to);
    }
  });

  it.each(['', 'alert', 'alert.-1', '__proto__.0'])('is refused as "%s"', (id) => {
    expect(() => signals.one(id)).toThrow(BadQuery);
  });
});

describe('a quiet rule', () => {
  it('without a matching log says so', () => {
    expect(quietOf('failed-sign-ins', [])).toMatchObject({ reason: 'no-log', matching: 0 });
  });

  it('says how far it was below its threshold, and for whom', () => {
    const quiet = quietOf('failed-sign-ins', failures(7));
    expect(quiet).toMatchObject({ reason: 'below', matching: 7 });
    expect(quiet?.text).toContain('7 of 10 failures within 1 h, for ann@example.com');
  });

  it('counts only what one window holds', () => {
    const spread = [0, 1, 2, 4000, 4001].map((second) => failure(second));
    expect(quietOf('failed-sign-ins', spread)?.text).toContain('3 of 10 failures');
  });

  it('says which step is missing', () => {
    expect(quietOf('brute-force', failures(5))?.text).toContain('1 of 2 steps');
    expect(quietOf('brute-force', failures(5))?.text).toContain('success >= 1');
    expect(quietOf('brute-force', failures(4))?.text).toContain('failures >= 5');
  });

  it('says that it has to learn for longer', () => {
    const action = (days: number, name: string): ProcessedLog => {
      const log = failure(days * 86_400);
      return { ...log, attributes: { ...log.attributes, evt: { name, outcome: 'true' } } };
    };
    const search = all.quiet.find(({ rule }) => rule === 'new-action')?.search ?? '';
    expect(matches(search, action(0, 'Odd'))).toBe(true);
    expect(quietOf('new-action', [action(0, 'Odd'), action(2, 'Odd')])).toMatchObject({ reason: 'history' });
    expect(quietOf('new-action', [action(0, 'Odd'), action(2, 'Odd')])?.text).toContain('cover 2 d');
    expect(quietOf('new-action', [action(0, 'Odd'), action(9, 'Odd')])?.reason).toBe('usual');
  });

  it('that the preview does not imitate says so instead of claiming that nothing happened', () => {
    expect(all.quiet.find(({ rule }) => rule === 'impossible-travel')?.reason).toMatch(/history|no-log/);
    expect(quietOf('alert-volume', LOGS)?.reason).toBe('history');
  });

  it('has a reason of its own where logs lack the group', () => {
    const rule = 'failed-sign-ins';
    const nobody = failure(1, '');
    expect(quietOf(rule, [nobody])?.reason).toBe('no-log');
    expect(quietOf(rule, [{ ...nobody, attributes: { ...nobody.attributes, usr: {} } }])?.reason).toBe(
      'no-group',
    );
  });
});

describe('a message', () => {
  it('is taken apart without a rest of Markdown', () => {
    for (const [, { message }] of RULES) {
      for (const { lines } of messageBlocks(message, [])) {
        for (const { style, text } of lines.flat()) {
          if (style !== 'code') expect(text).not.toMatch(/[`#]|\*\*|\{\{/);
        }
      }
    }
  });

  it('keeps values of logs as text, whatever they contain', () => {
    const evil = '`` ](javascript:x) **b** <img src=x onerror=1>\n## Heading {{@usr.name}}';
    const log = { ...failure(1), attributes: { usr: { name: evil } } };
    expect(messageBlocks('1. User: `` {{@usr.name}} ``, **now**.\n2. Wait.', [log])).toEqual([
      {
        kind: 'steps',
        lines: [
          [
            { style: 'plain', text: 'User: ' },
            { style: 'code', text: evil },
            { style: 'plain', text: ', ' },
            { style: 'bold', text: 'now' },
            { style: 'plain', text: '.' },
          ],
          [{ style: 'plain', text: 'Wait.' }],
        ],
      },
    ]);
  });

  it('shows a few of many values', () => {
    const logs = Array.from({ length: 9 }, (_, index) => failure(index, `user${index}`));
    const [block] = messageBlocks('{{@usr.name}}', logs);
    expect(block?.lines[0]?.[0]?.text).toBe('user0, user1, user2, user3, user4, …');
  });
});
