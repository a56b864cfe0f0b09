import { BAD_REQUEST, cursorPage, json, usual } from './answers.ts';
import type { ZooApi } from './api.ts';

/** APIs whose lists are as the default profile assumes, or empty in another way. */
export const LISTS_AS_ASSUMED: readonly ZooApi[] = [
  {
    name: 'assumed',
    about: 'Does what the default profile assumes.',
    answer: (list) => json(usual(list)),
    withDefault: 'everything',
  },
  {
    name: 'small-pages',
    about: 'Caps its pages at 7 records, whatever is asked for.',
    answer: (list) => json(usual(list, Math.min(7, list.limit))),
    withDefault: 'everything',
  },
  {
    name: 'refuses-large-pages',
    about: 'Refuses a page size over 50.',
    answer: (list) =>
      list.limit > 50 && list.kind !== 'alert-types'
        ? { status: 400, body: { message: 'limit must not be more than 50' } }
        : json(usual(list)),
    withDefault: { code: 'source-status', names: 'pageSize' },
    profile: { alerts: { pageSize: 50 }, auditLogs: { pageSize: 50 } },
  },
  {
    name: 'newest-first',
    about: 'Lists the newest record first.',
    answer: (list) => json(cursorPage(list.asked.reverse(), list.number('cursor') ?? 0, list.limit)),
    withDefault: 'everything',
  },
  {
    name: 'exclusive-bounds',
    about: 'Does not count the bounds of a range to it.',
    answer: (list) => {
      const [from, to] = [list.number('from'), list.number('to')];
      const within = list.between(from && from + 1, to && to - 1);
      return json(cursorPage(within, list.number('cursor') ?? 0, list.limit));
    },
    withDefault: 'everything',
  },
  {
    name: 'refuses-the-future',
    about: 'Refuses a range that ends after its own clock.',
    answer: (list) => ((list.number('to') ?? 0) > list.now ? BAD_REQUEST : json(usual(list))),
    withDefault: 'everything',
  },

  // --- empty lists ---
  {
    name: 'no-content',
    about: 'Answers an empty range with 204.',
    answer: (list) => (list.asked.length === 0 ? { status: 204 } : json(usual(list))),
    withDefault: 'everything',
  },
  {
    name: 'null-list',
    about: 'Writes null in place of an empty list.',
    answer: (list) => {
      const page = usual(list);
      return json(page.items.length === 0 ? { ...page, items: null } : page);
    },
    withDefault: 'everything',
  },
  {
    name: 'not-found-when-empty',
    about: 'Answers an empty range with 404.',
    answer: (list) => (list.asked.length === 0 ? { status: 404 } : json(usual(list))),
    withDefault: { code: 'source-status', names: 'path' },
    profile: { emptyStatuses: [404] },
  },
  {
    name: 'gone-when-empty',
    about: 'Answers an empty range with 410.',
    answer: (list) =>
      list.asked.length === 0 ? { status: 410, body: { message: 'nothing here' } } : json(usual(list)),
    withDefault: { code: 'source-status' },
    profile: { emptyStatuses: [410] },
  },
  {
    name: 'no-list-when-empty',
    about: 'Leaves the list out of the body when it is empty.',
    answer: (list) => {
      const { items, nextCursor } = usual(list);
      return json(items.length === 0 ? { count: 0 } : { items, nextCursor });
    },
    withDefault: { code: 'source-shape', names: 'itemsPath' },
    profile: { itemsMayBeAbsent: true },
  },
];
