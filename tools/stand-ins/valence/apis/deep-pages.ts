import { BAD_REQUEST, json } from './answers.ts';
import type { ApiAnswer, ZooApi } from './api.ts';
import type { ListRequest } from './list-request.ts';
import { denseRecords } from './usual-records.ts';

/** The largest page, and how far into a list these APIs look. */
const PAGE = 50;
const DEPTH = 150;

const sizeOf = (list: ListRequest): number => Math.min(PAGE, list.limit);

const pageAt = (list: ListRequest, skip: number, size = sizeOf(list)): ApiAnswer =>
  json({ items: list.asked.slice(skip, skip + size) });

const deep = (pagination: object) => ({
  alerts: { pageSize: PAGE },
  auditLogs: { pageSize: PAGE },
  pagination: { ...pagination, maxOffset: DEPTH },
});

/** APIs that count pages, and answer only so far into a list. */
export const DEEP_PAGES: readonly ZooApi[] = [
  {
    name: 'refuses-deep-offsets',
    about: 'Counts by offset, and refuses what ends beyond the 150th record of a list.',
    answer: (list) => {
      const skip = list.number('offset') ?? 0;
      return skip + sizeOf(list) > DEPTH ? BAD_REQUEST : pageAt(list, skip);
    },
    records: denseRecords,
    withDefault: 'everything',
    profile: deep({ style: 'offset' }),
  },
  {
    name: 'nothing-at-deep-offsets',
    about: 'Counts by offset, and shows nothing beyond the 150th record of a list.',
    answer: (list) => {
      const skip = list.number('offset') ?? 0;
      return pageAt(list, skip, Math.max(0, Math.min(sizeOf(list), DEPTH - skip)));
    },
    records: denseRecords,
    withDefault: 'everything',
    profile: deep({ style: 'offset' }),
  },
  {
    name: 'stays-on-its-third-page',
    about: 'Counts pages, and answers every number above 3 with its third page.',
    answer: (list) => pageAt(list, (Math.min(DEPTH / PAGE, list.number('page') ?? 1) - 1) * PAGE),
    records: denseRecords,
    withDefault: 'everything',
    profile: deep({ style: 'page' }),
  },
];
