import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessedLog } from '../../../../../tools/datadog/interpreter/log.ts';
import { matches } from '../../../../../tools/datadog/interpreter/query/match.ts';
import { BadQuery } from '../../../../../tools/preview/bad-query.ts';
import { idOf } from '../../../../../tools/preview/explore/archive.ts';
import { Explorer } from '../../../../../tools/preview/explore/explorer.ts';
import { FACETS } from '../../../../../tools/preview/explore/facets.ts';
import { MAX_BUCKETS } from '../../../../../tools/preview/explore/histogram.ts';
import { sampleRecords, sampleRuns } from '../../../../support/datadog/sample-logs.ts';

const LOGS = [...sampleRecords(), ...sampleRuns()];
const explorer = new Explorer(LOGS);

const log = (timestamp: number, more: Partial<ProcessedLog> = {}): ProcessedLog => ({
  source: 'valence-security',
  service: 'alerts',
  status: 'info',
  timestamp,
  message: 'A message',
  tags: [],
  attributes: {},
  ...more,
});

/** The logs of every page of a search. */
function allPages(from: Explorer, query: string, limit: number): ProcessedLog[] {
  const found: ProcessedLog[] = [];
  let cursor: string | undefined;
  do {
    const page = from.logs({ query }, limit, cursor);
    found.push(...page.logs.map(({ id }) => from.log(id).log));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
}

describe('a search', () => {
  it.each(['', 'service:alerts', '@evt.outcome:false', 'denied OR *pol*', 'status:(critical OR alert)'])(
    'finds what the interpreter finds: "%s"',
    (query) => {
      const found = allPages(explorer, query, 50);
      expect(found.length).toBe(explorer.logs({ query }, 1).total);
      expect(new Set(found)).toEqual(new Set(LOGS.filter((each) => matches(query, each))));
    },
  );

  it('shows the newest first, and of one date what came last', () => {
    const [first, second, third, fourth] = [10, 30, 20, 30].map((date) => log(date));
    const small = new Explorer([first, second, third, fourth].filter((each) => each !== undefined));
    const shown = allPages(small, '', 10);
    for (const [index, each] of [fourth, second, third, first].entries()) expect(shown[index]).toBe(each);
  });

  it('looks only into its time frame', () => {
    const small = new Explorer([10, 20, 30, 40].map((date) => log(date)));
    const dates = (from?: number, to?: number) =>
      small.logs({ query: '', from, to }, 10).logs.map(({ timestamp }) => timestamp);
    expect(dates(20, 40)).toEqual([30, 20]);
    expect(dates(undefined, 11)).toEqual([10]);
    expect(dates(41)).toEqual([]);
    expect(dates(30, 20)).toEqual([]);
  });

  it.each(['(', '@evt.name:[1 TO', 'status:none', 'a~b', '('.repeat(3000)])(
    'names what it cannot read: %s',
    (query) => {
      expect(() => explorer.logs({ query }, 1)).toThrow(BadQuery);
    },
  );
});

describe('paging', () => {
  it('loses nothing and repeats nothing, whatever the dates and the size of a page', () => {
    const dates = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 30 });
    fc.assert(
      fc.property(dates, fc.integer({ min: 1, max: 7 }), (timestamps, limit) => {
        const logs = timestamps.map((date) => log(date));
        const shown = allPages(new Explorer(logs), '', limit);
        expect(shown).toHaveLength(logs.length);
        expect(new Set(shown)).toEqual(new Set(logs));
      }),
    );
  });

  it('goes on after the same log when others arrive in the meantime', () => {
    const before = [5, 4, 3, 3, 2].map((date) => log(date));
    const { next, logs } = new Explorer(before).logs({ query: '' }, 3);
    const later = [log(9), log(3), log(1)];
    const rest = new Explorer([...later, ...before]).logs({ query: '' }, 9, next ?? '');
    const idsOf = (of: ProcessedLog[], ...indices: number[]) =>
      indices.map((index) => idOf(of[index] as ProcessedLog));
    expect(logs.map(({ id }) => id)).toEqual(idsOf(before, 0, 1, 3));
    expect(rest.logs.map(({ id }) => id)).toEqual([...idsOf(before, 2, 4), ...idsOf(later, 2)]);
  });

  it.each(['', 'x', 'MTo', Buffer.from('1:2:3').toString('base64url')])(
    'refuses the cursor "%s"',
    (cursor) => {
      expect(() => explorer.logs({ query: '' }, 1, cursor)).toThrow(BadQuery);
    },
  );
});

describe('the bars', () => {
  it('hold every log once, by status', () => {
    const { total, histogram } = explorer.logs({ query: '' }, 1);
    const counted = histogram.buckets.flatMap(({ counts }) => Object.values(counts));
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(total);
  });

  it('are never too many, have no gap and fit their logs', () => {
    const dates = fc.array(fc.integer({ min: 0, max: 4e12 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(dates, (timestamps) => {
        const { histogram } = new Explorer(timestamps.map((date) => log(date))).logs({ query: '' }, 1);
        const { buckets, width } = histogram;
        expect(buckets.length).toBeLessThanOrEqual(MAX_BUCKETS);
        for (const [index, { from }] of buckets.entries()) {
          expect(from).toBe((buckets[0]?.from ?? 0) + index * width);
        }
        expect(buckets[0]?.counts.info).toBeGreaterThan(0);
        expect(buckets.at(-1)?.counts.info).toBeGreaterThan(0);
      }),
    );
  });

  it('are made of statuses in one order, the least severe first', () => {
    const logs = (['alert', 'ok', 'warn', 'info'] as const).map((status) => log(1, { status }));
    const { buckets } = new Explorer(logs).logs({ query: '' }, 1).histogram;
    expect(Object.keys(buckets[0]?.counts ?? {})).toEqual(['ok', 'info', 'warn', 'alert']);
  });

  it('are none without a log', () => {
    expect(new Explorer([]).logs({ query: '' }, 1).histogram).toEqual({ width: 0, buckets: [] });
  });
});

describe('facets', () => {
  it('count as a search for each of their values does', () => {
    for (const { facet, values } of explorer.facets({ query: 'service:alerts' }, FACETS)) {
      for (const { value, count } of values.slice(0, 3)) {
        const quoted = value.replace(/["\\]/g, '\\$&');
        expect(explorer.logs({ query: `service:alerts ${facet}:"${quoted}"` }, 1).total, facet).toBe(count);
      }
    }
  });

  it('count a log once per value, and show the most frequent first', () => {
    const events = (...ips: string[]) => ({ alert: { events: ips.map((ip) => ({ targetType: ip })) } });
    const small = new Explorer([
      log(1, { attributes: events('a', 'a', 'b') }),
      log(2, { attributes: events('b') }),
    ]);
    expect(small.facets({ query: '' }, ['@alert.events.targetType'])).toEqual([
      {
        facet: '@alert.events.targetType',
        values: [
          { value: 'b', count: 2 },
          { value: 'a', count: 1 },
        ],
        distinct: 2,
      },
    ]);
  });

  it('are those of the content, and no others', () => {
    expect(FACETS).toContain('@alert_type_details.severity');
    expect(FACETS).toContain('@valence_forwarder.redated');
    expect(() => explorer.facets({ query: '' }, ['@alert.__proto__'])).toThrow(BadQuery);
  });
});

it.each([-1, 1e9, 0.5, Number.NaN])('has no log %s', (id) => {
  expect(() => explorer.log(id)).toThrow(BadQuery);
});
