import { DAY_SECONDS, HOUR_SECONDS } from '../../../../lambda/limits.ts';
import { json, usual } from './answers.ts';
import type { ZooApi } from './api.ts';
import type { ListRequest } from './list-request.ts';

/** Half a minute without records, some hours ago. */
const BUSY_SECONDS = 30;
const busyFrom = (now: number): number => now - (now % DAY_SECONDS) + 4 * HOUR_SECONDS;

function asksForBusyTime(list: ListRequest): boolean {
  const [from = 0, to = list.now] = [list.number('from'), list.number('to')];
  const start = busyFrom(list.now);
  return list.kind !== 'alert-types' && from < start + BUSY_SECONDS && to >= start;
}

/** APIs that fail now and then, or ask for patience. */
export const FAILING_ANSWERS: readonly ZooApi[] = [
  {
    name: 'soft-error',
    about: 'Answers every third request with 200, an error and no records.',
    answer: (list) =>
      list.earlier % 3 === 0 && list.kind !== 'alert-types'
        ? json({ items: [], nextCursor: null, error: 'backend timed out' })
        : json(usual(list)),
    withDefault: 'everything',
  },
  {
    name: 'throttles',
    about: 'Answers every other request with 429 and X-RateLimit-Reset.',
    answer: (list) =>
      list.earlier % 2 === 0
        ? { status: 429, headers: { 'x-ratelimit-reset': '2' }, body: {} }
        : json(usual(list)),
    withDefault: 'everything',
  },
  {
    name: 'throttles-with-403',
    about: 'Answers every other request with 403, no requests left, and when to come back.',
    answer: (list) =>
      list.earlier % 2 === 0
        ? {
            status: 403,
            headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(list.now + 3) },
            body: {},
          }
        : json(usual(list)),
    withDefault: 'everything',
  },
  {
    name: 'overloaded',
    about: 'Answers every fourth request with 503 and Retry-After.',
    answer: (list) =>
      list.earlier % 4 === 1 ? { status: 503, headers: { 'retry-after': '1' } } : json(usual(list)),
    withDefault: 'everything',
  },
  {
    name: 'busy-for-ever',
    about: 'Answers 503 and Retry-After to each range with a certain half of a minute in it.',
    answer: (list) =>
      asksForBusyTime(list) ? { status: 503, headers: { 'retry-after': '600' } } : json(usual(list)),
    withDefault: 'everything',
  },
  {
    name: 'breaks-off',
    about: 'Breaks every third answer off in the middle.',
    answer: (list) => ({ ...json(usual(list)), cut: list.earlier % 3 === 0 }),
    withDefault: 'everything',
  },
];
