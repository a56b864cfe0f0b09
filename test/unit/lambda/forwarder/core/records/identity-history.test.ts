import { describe, expect, it } from 'vitest';
import {
  formerRulesOf,
  historyFor,
} from '../../../../../../lambda/forwarder/core/records/identity-history.ts';
import type { IdentityHistory, IdentityRules } from '../../../../../../lambda/forwarder/core/state-ports.ts';
import { NOW } from '../../../../../support/outside-world.ts';

const DAY = 86_400;
const AT = { now: NOW, lookbackSeconds: DAY };

const rules = (...volatileFields: string[]): IdentityRules => ({
  alertKey: ['vuid'],
  volatileFields,
  unorderedFields: ['connectorUids'],
});

const known = (now: IdentityRules, ...former: IdentityHistory['former']): IdentityHistory => ({
  now,
  former,
});

describe('the history of identity rules', () => {
  it('stays as it is while the rules do, in whatever order they name fields', () => {
    expect(historyFor('alerts', known(rules('a', 'b')), rules('b', 'a'), AT)).toEqual(known(rules('b', 'a')));
  });

  it('F106 keeps the rules that others replace, with the time', () => {
    expect(historyFor('alerts', known(rules('a')), rules('b'), AT)).toEqual(
      known(rules('b'), { rules: rules('a'), until: NOW }),
    );
  });

  it('F106 forgets former rules that are in force again', () => {
    const history = known(rules('b'), { rules: rules('a'), until: NOW - DAY });

    expect(historyFor('alerts', history, rules('a'), AT)).toEqual(
      known(rules('a'), { rules: rules('b'), until: NOW }),
    );
  });

  it('F106 forgets former rules with the last entries that they made: look-back and 14 days later', () => {
    const history = (days: number) => known(rules('b'), { rules: rules('a'), until: NOW - days * DAY });

    expect(historyFor('alerts', history(14.9), rules('b'), AT).former).toHaveLength(1);
    expect(historyFor('alerts', history(15), rules('b'), AT).former).toEqual([]);
  });

  it('keeps the latest eight', () => {
    let history = known(rules('0'));
    for (let n = 1; n < 12; n++)
      history = historyFor('alerts', history, rules(String(n)), { ...AT, now: NOW + n });

    expect(history.former.map(({ until }) => until - NOW)).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it.each([
    ['alerts', ['vuid']],
    ['audit-logs', []],
  ] as const)('F106 begins for %s with the rules of versions that kept none', (stream, alertKey) => {
    const { former } = historyFor(stream, undefined, rules('a'), AT);

    expect(former).toEqual([{ rules: { alertKey, volatileFields: ['a'], unorderedFields: [] }, until: NOW }]);
  });

  it('F106 concerns records that may be older than the change, and those without a time', () => {
    const history = known(rules('b'), { rules: rules('a'), until: NOW });
    const concerned = (time: number | undefined) => formerRulesOf(history, time).length > 0;

    expect([NOW - 1, NOW + DAY - 1, undefined].map(concerned)).toEqual([true, true, true]);
    expect(concerned(NOW + DAY)).toBe(false);
  });
});
