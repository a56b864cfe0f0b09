import { describe, expect, it } from 'vitest';
import type { Processor } from '../../../../../infra/datadog/types.ts';
import { NotModelled } from '../../../../../tools/datadog/interpreter/not-modelled.ts';
import { processLog } from '../../../../../tools/datadog/interpreter/process-log.ts';
import { attributesAfter, NOW, on, pipeline, run } from '../../../../support/datadog/processed.ts';

/** Semantics are those of Datadog's documentation and of the published samples of its own integrations. */

describe('the intake', () => {
  it('makes the reserved attributes of the root the log’s own', () => {
    const log = { ddsource: 's', service: 'x', ddtags: 'a:1,b:2', message: 'hello', other: { n: 1 } };
    expect(run(log)).toEqual({
      source: 's',
      service: 'x',
      status: 'info',
      timestamp: NOW,
      message: 'hello',
      tags: ['a:1', 'b:2'],
      attributes: { other: { n: 1 } },
    });
  });

  it('leaves a message that is no text among the attributes', () => {
    expect(run({ message: 5 })).toMatchObject({ message: '', attributes: { message: 5 } });
  });

  it('leaves what was posted as it was', () => {
    const log = { a: { b: 1 } };
    run(log, remapper({ sources: ['a.b'], target: 'c' }));
    expect(log).toEqual({ a: { b: 1 } });
  });
});

describe('pipelines', () => {
  const mark = (target: string): Processor => ({
    ...on,
    type: 'category-processor',
    target,
    categories: [{ name: 'yes', filter: { query: '*' } }],
  });

  it('run in order, each whose filter matches', () => {
    const log = processLog(
      [pipeline([mark('one')]), pipeline([mark('two')], '@one:yes'), pipeline([mark('three')], '@one:no')],
      {},
      { now: NOW },
    );
    expect(log.attributes).toEqual({ one: 'yes', two: 'yes' });
  });

  it('ask their filter before their own processors', () => {
    const nested = {
      ...on,
      type: 'pipeline',
      filter: { query: '-@one:*' },
      processors: [mark('one'), mark('two')],
    } as const;
    expect(processLog([pipeline([nested])], {}, { now: NOW }).attributes).toEqual({ one: 'yes', two: 'yes' });
  });

  it('and processors that are not enabled do nothing', () => {
    const off = { is_enabled: false } as unknown as { is_enabled: true };
    expect(run({}, { ...mark('one'), ...off }).attributes).toEqual({});
    expect(processLog([{ ...pipeline([mark('one')]), ...off }], {}, { now: NOW }).attributes).toEqual({});
  });

  it('with a processor that is not modelled are refused', () => {
    const schema = { ...on, type: 'schema-processor' } as unknown as Processor;
    expect(() => run({}, schema)).toThrow(NotModelled);
  });
});

const remapper = (change: Partial<Extract<Processor, { type: 'attribute-remapper' }>>): Processor => ({
  ...on,
  type: 'attribute-remapper',
  sources: ['a'],
  source_type: 'attribute',
  target: 'b',
  target_type: 'attribute',
  preserve_source: false,
  override_on_conflict: false,
  ...change,
});

describe('the attribute remapper', () => {
  it('uses the first source that exists, whole objects too', () => {
    const log = { b: null, c: { x: 1 }, d: 2 };
    expect(attributesAfter(log, remapper({ sources: ['a', 'b', 'c', 'd'], target: 'e.f' }))).toEqual({
      b: null,
      d: 2,
      e: { f: { x: 1 } },
    });
  });

  it('prunes the parents that it empties', () => {
    expect(
      attributesAfter({ a: { b: { c: 1 } }, d: 2 }, remapper({ sources: ['a.b.c'], target: 'e' })),
    ).toEqual({ d: 2, e: 1 });
  });

  it('keeps a target that is set, and removes the source anyway', () => {
    expect(attributesAfter({ a: 1, b: 2 }, remapper({}))).toEqual({ b: 2 });
  });

  it('overrides the target and keeps the source, if configured so', () => {
    expect(
      attributesAfter({ a: 1, b: 2 }, remapper({ override_on_conflict: true, preserve_source: true })),
    ).toEqual({ a: 1, b: 1 });
  });

  it('finds elements of arrays by their number', () => {
    expect(
      attributesAfter(
        { a: [{ ip: 'x' }, { ip: 'y' }] },
        remapper({ sources: ['a.1.ip'], preserve_source: true }),
      ),
    ).toMatchObject({ b: 'y' });
  });
});

describe('the remappers of what a log officially is', () => {
  const official = (type: 'date' | 'status' | 'service' | 'message', ...sources: string[]): Processor => ({
    ...on,
    type: `${type}-remapper`,
    sources,
  });

  it.each([
    ['a number of milliseconds', 1_766_000_000_000, 1_766_000_000_000],
    ['ISO 8601', '2025-12-29T09:20:00Z', Date.parse('2025-12-29T09:20:00Z')],
    ['no date at all', 'yesterday', NOW],
  ])('read dates: %s', (_, value, timestamp) => {
    expect(run({ at: value }, official('date', 'at'))).toMatchObject({
      timestamp,
      attributes: { at: value },
    });
  });

  it.each([
    ['emergency', 'emergency'],
    ['fatal', 'emergency'],
    ['Alert', 'alert'],
    ['CRITICAL', 'critical'],
    ['error', 'error'],
    ['warning', 'warn'],
    ['notice', 'notice'],
    ['information', 'info'],
    ['debug', 'debug'],
    ['trace', 'debug'],
    ['verbose', 'debug'],
    ['ok', 'ok'],
    ['success', 'ok'],
    ['High', 'info'],
    ['Medium', 'info'],
    ['Low', 'info'],
    ['essential', 'info'],
  ])('make of %s the status %s', (value, status) => {
    expect(run({ level: value }, official('status', 'level'))).toMatchObject({
      status,
      attributes: { level: value },
    });
  });

  it('keep the source of the service, and remove that of the message', () => {
    expect(
      run({ a: 'one', b: { c: 'two' } }, official('service', 'a'), official('message', 'b.c')),
    ).toMatchObject({
      service: 'one',
      message: 'two',
      attributes: { a: 'one' },
    });
  });

  it('let the last one decide, or the first one when asked to', () => {
    const twice = pipeline([official('status', 'a'), official('status', 'missing'), official('status', 'b')]);
    const log = { a: 'ok', b: 'error' };
    expect(processLog([twice], log, { now: NOW }).status).toBe('error');
    expect(processLog([twice], log, { now: NOW, decidingRemapper: 'first' }).status).toBe('ok');
  });
});

it('the category processor takes the first category that matches, numbers in texts too', () => {
  const category: Processor = {
    ...on,
    type: 'category-processor',
    target: 'class',
    categories: [
      { name: 'good', filter: { query: '@code:[200 TO 299]' } },
      { name: 'any', filter: { query: '@code:*' } },
    ],
  };
  expect(attributesAfter({ code: '204' }, category)).toMatchObject({ class: 'good' });
  expect(attributesAfter({ code: 500 }, category)).toMatchObject({ class: 'any' });
  expect(attributesAfter({}, category)).toEqual({});
});

describe('the lookup processor', () => {
  const lookup = (change: object = {}): Processor => ({
    ...on,
    type: 'lookup-processor',
    source: 'a',
    target: 'b',
    lookup_table: ['1, one', 'High,critical,yes'],
    ...change,
  });

  it('compares as text and trims', () => {
    expect(attributesAfter({ a: 1 }, lookup())).toMatchObject({ b: 'one' });
    expect(attributesAfter({ a: ' High ' }, lookup())).toMatchObject({ b: 'critical,yes' });
  });

  it('sets the default for other values, and nothing where there is no value', () => {
    expect(attributesAfter({ a: 'x' }, lookup())).toEqual({ a: 'x' });
    expect(attributesAfter({ a: 'x' }, lookup({ default_lookup: 'other' }))).toMatchObject({ b: 'other' });
    expect(attributesAfter({}, lookup({ default_lookup: 'other' }))).toEqual({});
  });
});

describe('the string builder', () => {
  const build = (template: string, is_replace_missing = false): Processor => ({
    ...on,
    type: 'string-builder-processor',
    template,
    target: 'text',
    is_replace_missing,
  });

  it('writes over the target, numbers and lists of values too', () => {
    const log = { text: 'old', n: 5, list: ['a', 'b'], events: [{ ip: 'x' }, {}, { ip: 'y' }] };
    expect(attributesAfter(log, build('%{n}: %{list} at %{events.ip}'))).toMatchObject({
      text: '5: a,b at x,y',
    });
  });

  it('does nothing if something is missing or an object, unless it may leave a gap', () => {
    expect(attributesAfter({ a: 'x', o: { p: 1 } }, build('%{a} %{o}'))).not.toHaveProperty('text');
    expect(attributesAfter({ a: 'x' }, build('%{a}-%{b}', true))).toMatchObject({ text: 'x-' });
  });

  it.each([{ a: '' }, { a: [''] }, { a: [] }])('leaves the target as it is without a text: %o', (log) => {
    expect(attributesAfter({ ...log, text: 'old' }, build('%{a}'))).toMatchObject({ text: 'old' });
    expect(attributesAfter(log, build('%{a}', true))).not.toHaveProperty('text');
  });

  it('writes 256 characters at most', () => {
    expect(attributesAfter({ a: 'x'.repeat(300) }, build('%{a}'))).toMatchObject({ text: 'x'.repeat(256) });
  });
});
