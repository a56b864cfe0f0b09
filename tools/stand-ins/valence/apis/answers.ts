import type { JsonObject } from '../../../../lambda/shared/json.ts';
import type { ApiAnswer } from './api.ts';
import type { ListRequest } from './list-request.ts';

/** What the answers of many APIs have in common. */

export const json = (body: unknown, more: Omit<ApiAnswer, 'body'> = {}): ApiAnswer => ({ body, ...more });

export const BAD_REQUEST: ApiAnswer = { status: 400, body: { message: 'bad request' } };

export const NOT_FOUND: ApiAnswer = { status: 404, body: { message: 'not found' } };

/** One page of a list by a cursor that counts, as the default profile expects it. */
export function cursorPage(list: readonly JsonObject[], skip: number, size: number) {
  const items = list.slice(skip, skip + size);
  const next = skip + size < list.length ? String(skip + size) : null;
  return { items, nextCursor: next };
}

/** The answer that the default profile expects. */
export const usual = (list: ListRequest, size = list.limit): ReturnType<typeof cursorPage> =>
  cursorPage(list.asked, list.number('cursor') ?? 0, size);

/** The records between two times, page by page, by the cursor of the default profile. */
export const paged = (list: ListRequest, from: number | undefined, to: number | undefined): ApiAnswer =>
  json(cursorPage(list.between(from, to), list.number('cursor') ?? 0, list.limit));

/** Whether records are asked for, which have a time, unlike alert types. */
export const isList = ({ kind }: ListRequest): boolean => kind !== 'alert-types';

/** A date as epoch seconds. */
export const secondsOf = (date: string | undefined): number | undefined =>
  date === undefined ? undefined : Date.parse(date) / 1000;

/** The path and query of a request with one parameter changed. */
export function pathWith({ request }: ListRequest, name: string, value: string): string {
  const query = new URLSearchParams(request.query);
  query.set(name, value);
  return `${request.path}?${query}`;
}
