import { BAD_REQUEST, cursorPage, json } from './answers.ts';
import type { ZooApi } from './api.ts';
import type { ListRequest } from './list-request.ts';
import { denseRecords } from './usual-records.ts';

/** A page that begins with the last record of the page before. */
function fromLastRecord(list: ListRequest, size: number) {
  const skip = list.number('cursor') ?? 0;
  const { items, nextCursor } = cursorPage(list.asked, skip, size);
  return { items, nextCursor: nextCursor && String(Number(nextCursor) - 1) };
}

/** A page that begins with all records of the second with which the page before has ended. */
function fromLastSecond(list: ListRequest, size: number) {
  const since = list.number('cursor') ?? 0;
  const rest = list.asked.filter((record) => list.timeOf(record) >= since);
  const items = rest.slice(0, size);
  const last = items.at(-1);
  return { items, nextCursor: last && rest.length > size ? String(list.timeOf(last)) : null };
}

/** APIs whose cursor includes what it names, so that each page begins with the end of the one before. */
export const OVERLAPPING_PAGES: readonly ZooApi[] = [
  {
    name: 'from-last-record',
    about:
      'Its cursor includes the record that it names, so each page begins with the end of the one before.',
    answer: (list) => json(fromLastRecord(list, Math.min(30, list.limit))),
    withDefault: 'everything',
  },
  {
    name: 'from-last-record-in-fixed-pages',
    about: 'The same, and the size of its pages cannot be chosen.',
    answer: (list) => json(fromLastRecord(list, 30)),
    records: denseRecords,
    withDefault: 'everything',
  },
  {
    name: 'from-last-record-in-few-sizes',
    about: 'The same, and it refuses pages of less than 50 records.',
    answer: (list) => (list.limit < 50 ? BAD_REQUEST : json(fromLastRecord(list, list.limit))),
    withDefault: 'everything',
  },
  {
    name: 'from-last-second',
    about:
      'Its cursor is a time, so each page begins with all records of the second with which the one before has ended.',
    answer: (list) => json(fromLastSecond(list, Math.min(30, list.limit))),
    withDefault: 'everything',
  },
  {
    name: 'from-last-second-without-end',
    about: 'The same, and it says nothing about the end of the list.',
    answer: (list) => {
      const { items, nextCursor } = fromLastSecond(list, Math.min(30, list.limit));
      return json(nextCursor ? { items, nextCursor } : { items });
    },
    withDefault: 'everything',
  },
];
