import { expect, it } from 'vitest';
import type { JsonObject } from '../../lambda/shared/json.ts';
import type { ApiAnswer } from '../../tools/stand-ins/valence/apis/api.ts';
import type { ListRequest } from '../../tools/stand-ins/valence/apis/list-request.ts';
import { auditRecord } from '../support/core-records.ts';
import { isMarked } from '../support/logs.ts';
import { NOW, stubClock } from '../support/outside-world.ts';
import { KEY, startFilledApi } from '../zoo/filled-api.ts';
import { forwarderOver } from '../zoo/visit.ts';

/** Within the slice of an hour that a run of these tests reads. */
const FIRST = NOW - 3000;

const SLICE_OF_AN_HOUR = {
  initialLookbackSeconds: 3600 + 120,
  lookbackSeconds: 0,
  parallelSlices: 1,
  holdBackSeconds: 120,
};

const records = (times: readonly number[], details = (n: number) => `Sign-in ${n}`): JsonObject[] =>
  times.map((time, n) => auditRecord({ details: details(n), timeEpoch: FIRST + time }));

/** Times that are a number of seconds apart. */
const apart = (seconds: number, count: number): number[] =>
  Array.from({ length: count }, (_, n) => n * seconds);

/** A page whose cursor includes the record that it names: the next page begins with it. */
function inclusive(list: ListRequest, size: number): ApiAnswer {
  const skip = list.number('cursor') ?? 0;
  const hasMore = skip + size < list.asked.length;
  return {
    body: {
      items: list.asked.slice(skip, skip + size),
      nextCursor: hasMore ? String(skip + size - 1) : null,
    },
  };
}

/** A page whose cursor is a time that it includes: the next page begins with all records of that second. */
function sinceTime(list: ListRequest, size: number): ApiAnswer {
  const rest = list.asked.filter((record) => list.timeOf(record) >= (list.number('cursor') ?? 0));
  const items = rest.slice(0, size);
  return { body: { items, nextCursor: rest.length > size ? String(items.at(-1)?.['timeEpoch']) : null } };
}

/** What a run of the audit logs sends, and which pages it asks for. */
async function read(
  given: readonly JsonObject[],
  answer: (list: ListRequest) => ApiAnswer,
  profile: object = {},
) {
  const clock = stubClock();
  await using server = await startFilledApi(
    { name: 'overlapping', about: '', answer, withDefault: 'everything' },
    { apiKey: KEY, wall: clock.wall, records: { alerts: [], 'audit-logs': [...given], 'alert-types': [] } },
  );
  const { sink, run } = forwarderOver(server.origin, profile, clock);
  const report = await run('audit-logs', SLICE_OF_AN_HOUR);
  const marked = sink.accepted.filter(isMarked);
  return {
    error: report.error,
    details: sink.accepted.map(({ details }) => details).sort(),
    marked: marked.map(({ details }) => details),
    limits: server.requests.map(({ query }) => query.get('limit')),
  };
}

const detailsOf = (given: readonly JsonObject[]) => given.map(({ details }) => details).sort();

it('F104 reads again in pages of half the largest size that the API has answered with', async () => {
  const given = records(apart(10, 100));

  const found = await read(given, (list) => inclusive(list, Math.min(40, list.limit)));

  expect(found).toMatchObject({ error: null, details: detailsOf(given), marked: [] });
  // First 40 + 39 + 21 records, then 20 and five times 19, the last page being shorter.
  expect(found.limits).toEqual(['1000', '1000', '1000', '20', '20', '20', '20', '20', '20']);
});

it('F104 an API whose pages do not overlap: copies at every boundary all arrive, unmarked', async () => {
  const given = records(apart(10, 100), (n) => `Sign-in ${Math.floor((n + 1) / 2)}`);
  const twins = given.map((record, n) =>
    n % 2 === 0 && n > 0 ? { ...(given[n - 1] as JsonObject) } : record,
  );

  const found = await read(twins, (list) => {
    const skip = list.number('cursor') ?? 0;
    const end = skip + Math.min(20, list.limit);
    return {
      body: { items: list.asked.slice(skip, end), nextCursor: end < list.asked.length ? String(end) : null },
    };
  });

  expect(found).toMatchObject({ error: null, details: detailsOf(twins), marked: [] });
});

it('F104 a copy at the only boundary of pages whose size cannot be chosen: sent, marked', async () => {
  const given = records(apart(10, 30));

  const found = await read(given, (list) => inclusive(list, 20));

  expect(found).toMatchObject({ error: null, marked: ['Sign-in 19'] });
  expect(found.details).toEqual([...detailsOf(given), 'Sign-in 19'].sort());
});

it.each([
  { what: 'without a page size in the profile', profile: { pageSizeParam: null } },
  { what: 'that refuses other page sizes', profile: {} },
])('F104 an API $what: what every page repeats is no copy', async ({ profile }) => {
  const given = records(apart(10, 100));

  const found = await read(
    given,
    (list) => (list.limit < 100 ? { status: 400 } : inclusive(list, 20)),
    profile,
  );

  expect(found).toMatchObject({ error: null, details: detailsOf(given), marked: [] });
});

it('F104 a second that fills a page of half the size: read again as before, and nothing is lost', async () => {
  const ofOneSecond = Array.from({ length: 12 }, () => 500);
  const given = records([...apart(10, 40), ...ofOneSecond, ...apart(10, 10).map((time) => 600 + time)]);
  const twin = { ...(given.at(-1) as JsonObject) };

  const found = await read([...given, twin], (list) => sinceTime(list, Math.min(20, list.limit)));

  expect(found).toMatchObject({ error: null });
  expect(found.limits).toContain('10');
  expect(found.limits.at(-1)).toBe('1000');
  expect(found.details).toEqual(expect.arrayContaining(detailsOf([...given, twin])));
  expect(found.details.length - found.marked.length).toBeLessThanOrEqual(given.length + 1);
});

/** A page of a list that a record count cuts without a word. */
function cutAfter(most: number, list: ListRequest, size: number): ApiAnswer {
  const skip = list.number('cursor') ?? 0;
  const end = Math.min(skip + size, most);
  const items = list.asked.slice(skip, end);
  return { body: end < Math.min(most, list.asked.length) ? { items, nextCursor: String(end) } : { items } };
}

/** Records of which the last one of the third page of 20, and the next one, are alike. */
const withTwins = () =>
  records(apart(10, 100), (n) => `Sign-in ${n === 60 ? 59 : n}`).map((record, n, all) =>
    n === 60 ? { ...(all[59] as JsonObject) } : record,
  );

it('F104 an API that answers only so many pages: copies are counted again in pages of the former size', async () => {
  const given = withTwins();

  const found = await read(given, (list) => {
    const size = Math.min(20, list.limit);
    const { body } = cutAfter(Number.POSITIVE_INFINITY, list, size);
    const isLast = (list.number('cursor') ?? 0) === 4 * size;
    return { body: isLast ? { ...(body as JsonObject), nextCursor: null } : body };
  });

  expect(found).toMatchObject({ error: null, details: detailsOf(given), marked: [] });
});

it('F104 a list that is cut in silence: noticed, though the pages of the second scan are smaller', async () => {
  const given = withTwins();

  const found = await read(given, (list) => cutAfter(80, list, Math.min(20, list.limit)));

  expect(found).toMatchObject({ error: null, details: detailsOf(given), marked: [] });
});

it('F104 pages that overlap where the next slice begins: nothing is repeated', async () => {
  // Two records lie within the second that is asked for beyond the end of the slice, six before it.
  const last = NOW - 120 - FIRST;
  const given = records([...apart(10, 30), ...apart(1, 6).map((time) => last - 6 + time)]);
  const beyond = records([last, last], (n) => `Beyond ${n}`);

  const found = await read([...given, ...beyond], (list) => inclusive(list, Math.min(6, list.limit)));

  expect(found).toMatchObject({ error: null, details: detailsOf(given), marked: [] });
});
