import { describe, expect, it } from 'vitest';
import type { Processor } from '../../../../../../infra/datadog/types.ts';
import { NotModelled } from '../../../../../../tools/datadog/interpreter/not-modelled.ts';
import { attributesAfter, on } from '../../../../../support/datadog/processed.ts';

describe('the grok parser', () => {
  const grok = (match_rules: string, change: object = {}): Processor => ({
    ...on,
    type: 'grok-parser',
    source: 'message',
    samples: [],
    grok: { match_rules, support_rules: '' },
    ...change,
  });
  const read = (rules: string, message: string) => attributesAfter({ message }, grok(rules));

  it('matches the whole text, tries its rules from the top, and only one of them', () => {
    const rules = 'one a %{word:first}\ntwo a %{data:second}';
    expect(read(rules, 'a b')).toEqual({ first: 'b' });
    expect(read(rules, 'a b c')).toEqual({ second: 'b c' });
    expect(read(rules, 'x a b')).toEqual({});
  });

  it('matches as little as possible for data, also over lines, and as much as possible for greedyData', () => {
    expect(read('r %{data:a} %{greedyData:b}', 'x y\nz')).toEqual({ a: 'x', b: 'y\nz' });
    expect(read('r %{greedyData:a} %{notSpace:b}', 'x y\nz 1')).toEqual({ a: 'x y\nz', b: '1' });
  });

  it('leaves out what it captures empty', () => {
    expect(read('r a%{data:b}( %{word:c})?', 'a')).toEqual({});
    expect(read('r a%{data:b}( %{word:c})?', 'a d')).toEqual({ c: 'd' });
  });

  it('makes lists', () => {
    expect(read('r %{data:l.m:array("", ", ")}', 'a, b,c')).toEqual({ l: { m: ['a', 'b,c'] } });
  });

  it('reads the configured attribute, and only text', () => {
    const parser = grok('r %{regex("[a-z\\"]+"):b}', { source: 'a' });
    expect(attributesAfter({ a: 'x"y' }, parser)).toEqual({ a: 'x"y', b: 'x"y' });
    expect(attributesAfter({ a: 5 }, parser)).toEqual({ a: 5 });
  });

  it.each([
    'r %{ip:a}',
    'r %{regex("\\\\d"):a}',
    'r %{data:a:json}',
    'r %{data:a:array("[]", ",")}',
    'r %{data:a:split("", ",")}',
  ])('refuses %s', (rules) => {
    expect(() => read(rules, 'x')).toThrow(NotModelled);
  });

  it('with support rules is refused', () => {
    const parser = grok('r %{data:a}', { grok: { match_rules: 'r %{data:a}', support_rules: 's %{data}' } });
    expect(() => attributesAfter({ message: 'x' }, parser)).toThrow(NotModelled);
  });
});
