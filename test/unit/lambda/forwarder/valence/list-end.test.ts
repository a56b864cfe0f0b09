import { describe, expect, it } from 'vitest';
import { endOf, isBeyondReach, type SeenList } from '../../../../../lambda/forwarder/valence/list-end.ts';
import { firstRequest, withParameter } from '../../../../../lambda/forwarder/valence/page-request.ts';
import type { PageAnswer } from '../../../../../lambda/forwarder/valence/pagination.ts';
import { resolveApiProfile } from '../../../../../lambda/settings/api-profile.ts';

const auditLogs = (overrides: unknown = {}) => resolveApiProfile(overrides).auditLogs;

/** The last answer of a list. */
const answer = (change: Partial<PageAnswer> = {}): PageAnswer => ({
  body: {},
  headers: {},
  itemCount: 3,
  lastRecord: undefined,
  ...change,
});

/** A list of 33 records in pages of 20. */
const seen = (change: Partial<SeenList> = {}): SeenList => ({
  shown: 33,
  largestPage: 20,
  lastPage: 13,
  total: undefined,
  ...change,
});

describe('F87 the end of a list is stated', () => {
  const endWith = (pagination: object, change: Partial<PageAnswer>) =>
    endOf(answer(change), auditLogs({ pagination }), seen());

  it.each([
    ['by a cursor that is null', {}, { body: { nextCursor: null } }],
    ['by an empty cursor', {}, { body: { nextCursor: '' } }],
    ['by a cursor that is false', {}, { body: { nextCursor: false } }],
    ['by a cursor that the profile names', { endCursors: ['END'] }, { body: { nextCursor: 'END' } }],
    ['by an empty cursor in a header', { nextCursorPath: 'header:X-Next' }, { headers: { 'x-next': '' } }],
    ['by a page without a last record to go on from', { cursorField: 'id' }, { itemCount: 0 }],
    ['by a URL that is null', { style: 'url' }, { body: { next: null } }],
    ['by an empty page that is counted', { style: 'page' }, { itemCount: 0 }],
    ['by a field that says so', { hasMorePath: 'more' }, { body: { more: false } }],
  ])('%s', (_, pagination, change) => {
    expect(endWith(pagination, change)).toBe('stated');
  });

  it.each([
    ['by a body without a cursor', {}, { body: {} }],
    ['by a missing header', { nextCursorPath: 'header:X-Next' }, {}],
    ['by a missing Link header', { style: 'link' }, {}],
    ['by a body without a URL', { style: 'url' }, { body: {} }],
    ['without a way to ask for pages', { style: 'none' }, {}],
  ])('not %s', (_, pagination, change) => {
    expect(endWith(pagination, change)).toBe('unstated');
  });
});

describe('F107 the end of a list is abrupt', () => {
  const EMPTY = answer({ itemCount: 0 });
  const offset = { style: 'offset' };

  it.each([
    ['after a full page', offset, { shown: 40, lastPage: 20 }, 'abrupt'],
    ['at a round size', { style: 'page' }, { shown: 150, lastPage: 10 }, 'abrupt'],
    ['not where the page is the only one', offset, { shown: 20, lastPage: 20 }, 'stated'],
    ['not at another size', offset, {}, 'stated'],
    ['not without a record', offset, { shown: 0, lastPage: 0, largestPage: 0 }, 'stated'],
    ['not where the profile says how deep it goes', { ...offset, maxOffset: 500 }, { shown: 150 }, 'stated'],
    ['not where the total is as large', offset, { shown: 40, lastPage: 20, total: 40 }, 'stated'],
  ] as const)('of counted pages %s', (_, pagination, change, end) => {
    const profile = auditLogs({ pagination, auditLogs: { pageSize: 20 } });

    expect(endOf(EMPTY, profile, seen(change))).toBe(end);
  });

  it('and more than that where the API states a larger total', () => {
    expect(endOf(EMPTY, auditLogs({ pagination: offset }), seen({ shown: 150, total: 200 }))).toBe('cut');
  });

  it('where the last page comes again after a full one', () => {
    const profile = auditLogs({ pagination: offset });

    expect(endOf(undefined, profile, seen({ shown: 40, lastPage: 20 }))).toBe('abrupt');
    expect(endOf(undefined, profile, seen())).toBe('unstated');
  });

  it.each([1000, 2000, 5000, 10_000])('at %i records, even where the answer states it', (shown) => {
    expect(endOf(answer({ body: { nextCursor: null } }), auditLogs(), seen({ shown }))).toBe('abrupt');
    expect(endOf(undefined, auditLogs(), seen({ shown }), true)).toBe('abrupt');
  });

  it('not where the answer names no end at all', () => {
    expect(endOf(answer(), auditLogs(), seen({ shown: 1000 }))).toBe('unstated');
  });
});

describe('F107 a page beyond the reach of the API', () => {
  const reach = (pagination: object, position: number, change: object = {}) => {
    const profile = auditLogs({
      alerts: { pageSize: 20 },
      auditLogs: { pageSize: 20 },
      pagination,
      ...change,
    });
    const name = profile.pagination.style === 'page' ? 'page' : 'offset';
    const request = withParameter(firstRequest('http://host', profile, undefined), name, position);
    return isBeyondReach(request, profile, seen({ largestPage: 10 }));
  };

  it.each([
    ['ends above the largest offset', { style: 'offset', maxOffset: 100 }, 81, true],
    ['not where it ends there', { style: 'offset', maxOffset: 100 }, 80, false],
    ['counts from the first number', { style: 'page', firstPage: 0, maxOffset: 100 }, 5, true],
    ['not where it is the last one', { style: 'page', firstPage: 0, maxOffset: 100 }, 4, false],
    ['not without such a limit', { style: 'offset' }, 1_000_000, false],
  ])('%s', (_, pagination, position, expected) => {
    expect(reach(pagination, position)).toBe(expected);
  });

  it('is measured by the pages of the server where none are asked for', () => {
    const pagination = { style: 'offset', maxOffset: 100 };

    expect(reach(pagination, 90, { pageSizeParam: null })).toBe(false);
    expect(reach(pagination, 91, { pageSizeParam: null })).toBe(true);
  });
});
