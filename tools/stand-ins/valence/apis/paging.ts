import { BAD_REQUEST, cursorPage, json, NOT_FOUND, pathWith, usual } from './answers.ts';
import type { ZooApi } from './api.ts';
import type { ListRequest } from './list-request.ts';

/** A page that is no larger than the API likes. */
const upTo = (most: number, list: ListRequest) => usual(list, Math.min(most, list.limit));

/** The records after the one with an id that the request names, each with its id. */
function afterId(list: ListRequest, id: string | undefined, size: number) {
  const asked = new Set(list.asked);
  const withIds = list.all.flatMap((record, n) =>
    asked.has(record) ? [{ ...record, id: `${list.kind}-${n}` }] : [],
  );
  const start = id === undefined ? 0 : withIds.findIndex((record) => record.id === id) + 1;
  return { items: withIds.slice(start, start + size), hasMore: start + size < withIds.length };
}

/** APIs whose pages follow each other in another way. */
export const PAGING: readonly ZooApi[] = [
  // --- counted pages ---
  {
    name: 'offset',
    about: 'Counts pages by offset and says nothing about the next one.',
    answer: (list) =>
      json({
        items: list.asked.slice(list.number('offset') ?? 0).slice(0, Math.min(20, list.limit)),
        total: list.asked.length,
      }),
    withDefault: 'everything',
    profile: { pagination: { style: 'offset' } },
  },
  {
    name: 'skip-and-top',
    about: 'Counts pages by $skip and $top.',
    answer: (list) =>
      json({ value: list.asked.slice(list.number('$skip') ?? 0).slice(0, list.number('$top') ?? 50) }),
    withDefault: { code: 'source-shape', names: 'itemsPath' },
    profile: {
      itemsPath: 'value',
      pageSizeParam: '$top',
      pagination: { style: 'offset', offsetParam: '$skip' },
    },
  },
  {
    name: 'page-numbers',
    about: 'Counts pages from 0.',
    answer: (list) => {
      const size = Math.min(25, list.limit);
      return json({ items: list.asked.slice((list.number('page') ?? 0) * size).slice(0, size) });
    },
    withDefault: 'everything',
    profile: { pagination: { style: 'page', firstPage: 0 } },
  },
  {
    name: 'page-numbers-from-1',
    about: 'Counts pages from 1, has a size of its own, and answers 404 after the last one.',
    answer: (list) => {
      const page = list.number('pageNumber') ?? 1;
      const size = Math.min(25, list.number('pageSize') ?? 25);
      const items = list.asked.slice((page - 1) * size).slice(0, size);
      return items.length === 0 && page > 1 ? NOT_FOUND : json({ items });
    },
    withDefault: 'everything',
    profile: {
      emptyStatuses: [404],
      pageSizeParam: 'pageSize',
      pagination: { style: 'page', pageParam: 'pageNumber' },
    },
  },

  // --- links ---
  {
    name: 'link-header',
    about: 'Names the next page in the Link header, with the host and scheme of a proxy.',
    answer: (list) => {
      const { items, nextCursor } = upTo(30, list);
      const link = `<https://127.0.0.1:8443${pathWith(list, 'cursor', String(nextCursor))}>; rel="next"`;
      return json({ items }, nextCursor ? { headers: { link } } : {});
    },
    withDefault: 'everything',
    profile: { pagination: { style: 'link' } },
  },
  {
    name: 'relative-link',
    about: 'Names the next and the first page in the Link header, without a host.',
    answer: (list) => {
      const { items, nextCursor } = upTo(30, list);
      const first = `<${pathWith(list, 'cursor', '0')}>; rel="first"`;
      const next = `<${pathWith(list, 'cursor', String(nextCursor))}>; rel="next"`;
      return json({ items }, { headers: { link: nextCursor ? `${first}, ${next}` : first } });
    },
    withDefault: 'everything',
    profile: { pagination: { style: 'link' } },
  },
  {
    name: 'total-in-header',
    about: 'Names the next page in the Link header, and in another one how many records there are.',
    answer: (list) => {
      const { items, nextCursor } = upTo(30, list);
      const link = `<${pathWith(list, 'cursor', String(nextCursor))}>; rel="next"`;
      const headers = { 'x-total-count': String(list.asked.length), ...(nextCursor && { link }) };
      return json({ items }, { headers });
    },
    withDefault: 'everything',
    profile: { totalPath: 'header:X-Total-Count', pagination: { style: 'link' } },
  },
  {
    name: 'next-url',
    about: 'Names the URL of the next page in the body.',
    answer: (list) => {
      const { items, nextCursor } = upTo(30, list);
      const next = pathWith(list, 'cursor', String(nextCursor)).replace(/^[^?]*/, '');
      return json({ items, links: { next: nextCursor && next } });
    },
    withDefault: 'everything',
    profile: { pagination: { style: 'url', nextUrlPath: 'links.next' } },
  },
  {
    name: 'absolute-next-url',
    about: 'Names the absolute URL of the next page in the body, with the scheme and port of a proxy.',
    answer: (list) => {
      const { items, nextCursor } = cursorPage(
        list.asked,
        list.number('after') ?? 0,
        Math.min(30, list.limit),
      );
      const next = `https://127.0.0.1:8443${pathWith(list, 'after', String(nextCursor))}`;
      return json({ value: items, ...(nextCursor && { '@nextLink': next }) });
    },
    withDefault: { code: 'source-shape', names: 'itemsPath' },
    profile: { itemsPath: 'value', pagination: { style: 'url', nextUrlPath: '@nextLink' } },
  },

  // --- cursors ---
  {
    name: 'header-cursor',
    about: 'Hands the cursor out in a header.',
    answer: (list) => {
      const { items, nextCursor } = upTo(30, list);
      return json({ items }, nextCursor ? { headers: { 'x-next': nextCursor } } : {});
    },
    withDefault: 'everything',
    profile: { pagination: { nextCursorPath: 'header:X-Next' } },
  },
  {
    name: 'page-token',
    about: 'Hands out nextPageToken, takes pageToken, and leaves it out at the end.',
    answer: (list) => {
      const size = Math.min(30, list.number('maxResults') ?? 30);
      const { items, nextCursor } = cursorPage(
        list.asked,
        Number(list.text('pageToken')?.slice(1) ?? 0),
        size,
      );
      return json(nextCursor ? { items, nextPageToken: `p${nextCursor}` } : { items });
    },
    withDefault: 'everything',
    profile: {
      pageSizeParam: 'maxResults',
      pagination: { nextCursorPath: 'nextPageToken', cursorParam: 'pageToken' },
    },
  },
  {
    name: 'numeric-cursor',
    about: 'Its cursor is a number, called next.',
    answer: (list) => {
      const { items, nextCursor } = cursorPage(
        list.asked,
        list.number('next') ?? 0,
        Math.min(30, list.limit),
      );
      return json({ items, paging: { next: nextCursor === null ? null : Number(nextCursor), size: 30 } });
    },
    withDefault: 'everything',
    profile: { pagination: { nextCursorPath: 'paging.next', cursorParam: 'next' } },
  },
  {
    name: 'cursor-of-last-record',
    about: 'Goes on after the id of the last record.',
    answer: (list) => json({ items: afterId(list, list.text('after'), Math.min(40, list.limit)).items }),
    withDefault: 'everything',
    profile: { pagination: { cursorField: 'id', cursorParam: 'after' } },
  },
  {
    name: 'starting-after',
    about: 'Goes on after the id of the last record, and says whether there is more, as Stripe does.',
    answer: (list) => {
      const { items, hasMore } = afterId(list, list.text('starting_after'), Math.min(40, list.limit));
      return json({ data: items, has_more: hasMore });
    },
    withDefault: { code: 'source-shape', names: 'itemsPath' },
    profile: {
      itemsPath: 'data',
      pagination: { cursorField: 'id', cursorParam: 'starting_after', hasMorePath: 'has_more' },
    },
  },
  {
    name: 'object-cursor',
    about: 'Its cursor is an object.',
    answer: (list) => {
      const { skip = 0 } = JSON.parse(list.text('cursor') ?? '{}') as { skip?: number };
      const { items, nextCursor } = cursorPage(list.asked, skip, Math.min(30, list.limit));
      return json({
        items,
        nextCursor: nextCursor === null ? null : { skip: Number(nextCursor), shard: [1] },
      });
    },
    withDefault: 'everything',
  },
  {
    name: 'end-cursor',
    about: 'Ends with a cursor that says so, and answers it with 400.',
    answer: (list) => {
      if (list.text('cursor') === 'END') return BAD_REQUEST;
      const { items, nextCursor } = upTo(30, list);
      return json({ items, nextCursor: nextCursor ?? 'END' });
    },
    withDefault: { code: 'source-status' },
    profile: { pagination: { endCursors: ['END'] } },
  },
  {
    name: 'cursor-for-ever',
    about: 'Hands out its last cursor again with every empty page.',
    answer: (list) => {
      const skip = list.number('cursor') ?? 0;
      const items = list.asked.slice(skip, skip + Math.min(30, list.limit));
      return json({ items, nextCursor: String(skip + items.length) });
    },
    withDefault: 'everything',
  },
  {
    name: 'has-more',
    about: 'Always names a cursor, and says in another field that there is no more.',
    answer: (list) => {
      const { items, nextCursor } = upTo(30, list);
      return json({ items, nextCursor: nextCursor ?? '0', hasMore: nextCursor !== null });
    },
    withDefault: { code: 'source-paging', names: 'pagination.cursorParam' },
    profile: { pagination: { hasMorePath: 'hasMore' } },
  },
  {
    name: 'cursor-alone',
    about: 'Refuses a cursor that comes with other parameters.',
    answer: (list) => {
      const cursor = list.text('cursor');
      if (cursor !== undefined && list.text('from') !== undefined) return BAD_REQUEST;
      const [from, to, skip] = (cursor ?? `${list.text('from')},${list.text('to')},0`).split(',').map(Number);
      const { items, nextCursor } = cursorPage(list.between(from, to), skip ?? 0, 30);
      return json({ items, nextCursor: nextCursor && `${from},${to},${nextCursor}` });
    },
    withDefault: 'everything',
    profile: { pagination: { cursorAlone: true } },
  },
  {
    name: 'empty-pages',
    about: 'Has empty pages between the others, as databases do that filter after reading.',
    answer: (list) => {
      const step = list.number('cursor') ?? 0;
      // Every second page is empty.
      const { items, nextCursor } = cursorPage(list.asked, Math.floor(step / 2) * 30, 30);
      if (step % 2 === 0) return json({ items: [], nextCursor: String(step + 1) });
      return json({ items, nextCursor: nextCursor && String(step + 1) });
    },
    withDefault: 'everything',
  },
];
