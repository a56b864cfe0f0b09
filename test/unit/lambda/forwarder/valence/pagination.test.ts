import { describe, expect, it } from 'vitest';
import { firstRequest, type PageRequest } from '../../../../../lambda/forwarder/valence/page-request.ts';
import { nextPage, type PageAnswer } from '../../../../../lambda/forwarder/valence/pagination.ts';
import { resolveApiProfile } from '../../../../../lambda/settings/api-profile.ts';
import { SourceError } from '../../../../../lambda/shared/errors.ts';
import { nested } from '../../../../support/core-records.ts';

const ORIGIN = 'https://app.valencesecurity.com';
const RANGE = { from: 1_767_000_000, to: 1_767_003_600 };

const auditLogs = (overrides: unknown = {}) => resolveApiProfile(overrides).auditLogs;
const answer = (change: Partial<PageAnswer> = {}): PageAnswer => ({
  body: {},
  headers: {},
  itemCount: 1000,
  lastRecord: undefined,
  ...change,
});

describe('the first page', () => {
  it('asks for the range with a second of slack on each side', () => {
    expect(firstRequest(ORIGIN, auditLogs(), RANGE).url.href).toBe(
      `${ORIGIN}/api/v1/audit-logs?from=1766999999&to=1767003601&limit=1000`,
    );
  });

  it.each([
    ['ms', '1766999999000', '1767003601000'],
    ['iso', '2025-12-29T09:19:59.000Z', '2025-12-29T10:20:01.000Z'],
  ])('writes times in %s when the profile says so', (timeUnit, from, to) => {
    const query = firstRequest(ORIGIN, auditLogs({ timeUnit }), RANGE).url.searchParams;
    expect([query.get('from'), query.get('to')]).toEqual([from, to]);
  });

  it('never asks for a time before the epoch', () => {
    expect(firstRequest(ORIGIN, auditLogs(), { from: 0, to: 10 }).url.searchParams.get('from')).toBe('0');
  });

  it('leaves out what the profile switches off', () => {
    const profile = auditLogs({ fromParam: null, toParam: null, pageSizeParam: null });
    expect(firstRequest(ORIGIN, profile, RANGE).url.search).toBe('');
  });

  it('keeps the prefix of the origin and the query of the path', () => {
    const profile = auditLogs({ auditLogs: { path: '/logs?kind=all' } });
    expect(firstRequest('http://127.0.0.1:8080/valence/', profile, undefined).url.href).toBe(
      'http://127.0.0.1:8080/valence/logs?kind=all&limit=1000',
    );
  });

  it.each([
    ['offset', 'offset', '0'],
    ['page', 'page', '1'],
  ])('in %s style says where it starts', (style, name, value) => {
    expect(firstRequest(ORIGIN, auditLogs({ pagination: { style } }), RANGE).url.searchParams.get(name)).toBe(
      value,
    );
  });
});

describe('the next page', () => {
  /** The query of the page after `from`, or undefined when there is none. */
  const nextQuery = (pagination: object, change: Partial<PageAnswer>, from?: PageRequest) => {
    const profile = auditLogs({ pagination });
    const next = nextPage(from ?? firstRequest(ORIGIN, profile, RANGE), answer(change), profile);
    return next && Object.fromEntries(next.url.searchParams);
  };
  const repeated = { from: '1766999999', to: '1767003601', limit: '1000' };

  it('in cursor style repeats range and page size with the cursor', () => {
    expect(nextQuery({}, { body: { nextCursor: 'a&b=c' } })).toEqual({ ...repeated, cursor: 'a&b=c' });
    expect(nextQuery({ nextCursorPath: 'meta.next' }, { body: { meta: { next: 17 } } })).toEqual({
      ...repeated,
      cursor: '17',
    });
  });

  it.each([[null], [''], [false], [undefined]])(
    'in cursor style is none when the cursor is %j',
    (nextCursor) => {
      expect(nextQuery({}, { body: { nextCursor } })).toBeUndefined();
    },
  );

  it('in cursor style sends a cursor that is an object back as JSON', () => {
    expect(nextQuery({}, { body: { nextCursor: { b: [1], a: 'x' } } })).toEqual({
      ...repeated,
      cursor: '{"b":[1],"a":"x"}',
    });
  });

  it.each<[string, object, Partial<PageAnswer>]>([
    ['long', {}, { body: { nextCursor: 'x'.repeat(20_000) } }],
    ['large', {}, { body: { nextCursor: Array.from({ length: 10_000 }, () => 1) } }],
    ['deep', {}, { body: { nextCursor: nested(5_000) } }],
    ['long', { cursorField: 'id' }, { lastRecord: { id: 'x'.repeat(20_000) } }],
    ['long', { style: 'url', nextUrlPath: 'next' }, { body: { next: `/a?b=${'x'.repeat(20_000)}` } }],
  ])('a cursor or link that is too %s is an error, with %j', (_, pagination, change) => {
    expect(() => nextQuery(pagination, change)).toThrow(SourceError);
  });

  it('in offset style moves on by the number of records received, however many were asked for', () => {
    expect(nextQuery({ style: 'offset' }, { itemCount: 37 })).toEqual({ ...repeated, offset: '37' });
    expect(nextQuery({ style: 'offset' }, { itemCount: 0 })).toBeUndefined();
  });

  it('in page style requests the next number, also after a short page, and ends with an empty one', () => {
    expect(nextQuery({ style: 'page', firstPage: 0 }, { itemCount: 3 })).toEqual({ ...repeated, page: '1' });
    expect(nextQuery({ style: 'page' }, { itemCount: 0 })).toBeUndefined();
  });

  it('in link style is where rel="next" leads, relative or absolute, with the range repeated', () => {
    const link = '<?cursor=x>; rel="prev", </other?after=5&limit=7>; rel="last next"';
    expect(nextQuery({ style: 'link' }, { headers: { link } })).toEqual({
      ...repeated,
      after: '5',
      limit: '7',
    });
    expect(nextQuery({ style: 'link' }, { headers: { link: `<${ORIGIN}/a?b=c>; rel=next` } })).toEqual({
      ...repeated,
      b: 'c',
    });
    expect(nextQuery({ style: 'link' }, { headers: { link: `<${ORIGIN}/a>; rel=prev` } })).toBeUndefined();
    expect(nextQuery({ style: 'link' }, { headers: {} })).toBeUndefined();
  });

  it.each([
    ['another host', '<https://evil.example/api>; rel="next"'],
    ['a scheme without a host', '<javascript:1>; rel="next"'],
    ['nowhere', '<https://>; rel="next"'],
    ['a broken header', 'next page, please'],
    [
      'a header that is too long to be parsed',
      `<https://app.valencesecurity.com/a>; rel="next"; title="${'x'.repeat(4_096)}"`,
    ],
  ])('F33 in link style refuses %s', (_, link) => {
    expect(() => nextQuery({ style: 'link' }, { headers: { link } })).toThrow(SourceError);
  });

  it.each([
    ['another scheme', '<http://app.valencesecurity.com/a?b=c>; rel="next"'],
    ['another port', '<https://app.valencesecurity.com:444/a?b=c>; rel="next"'],
  ])(
    'in link style takes %s for a proxy that does not rewrite links, and stays at our own address',
    (_, link) => {
      const profile = auditLogs({ pagination: { style: 'link' } });
      const next = nextPage(firstRequest(ORIGIN, profile, RANGE), answer({ headers: { link } }), profile);
      expect(next?.url.href).toBe(`${ORIGIN}/a?b=c&from=1766999999&to=1767003601&limit=1000`);
    },
  );

  it('in link style drops credentials from a link: they would take the place of the key', () => {
    const profile = auditLogs({ pagination: { style: 'link' } });
    const link = '<https://user:pass@app.valencesecurity.com/a>; rel="next"';
    const next = nextPage(firstRequest(ORIGIN, profile, RANGE), answer({ headers: { link } }), profile);
    expect(next?.url.href).toContain('https://app.valencesecurity.com/a?');
  });

  it('in none style does not exist, not even after a full page', () => {
    expect(nextQuery({ style: 'none' }, { itemCount: 999 })).toBeUndefined();
    expect(nextQuery({ style: 'none' }, { itemCount: 1000 })).toBeUndefined();
  });
});
