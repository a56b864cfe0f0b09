import type { Range } from '../../lambda/forwarder/core/ports.ts';
import type { EndpointProfile } from '../../lambda/settings/api-profile.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { CURSOR_PARAMS, LAST_RECORD_PARAMS, OFFSET_NAMES, PAGE_NAMES } from './candidates.ts';
import type { Reply } from './requests.ts';
import { cursorHeaders, cursorPaths, urlPaths } from './response-body.ts';

/** Ways in which the pages of a list may follow each other. */

export type Paging = EndpointProfile['pagination'];

/** The first page of a list, asked with a profile. */
export interface FirstPage {
  profile: EndpointProfile;
  range: Range | undefined;
  reply: Reply;
  records: JsonObject[];
  /** The first records of the list in its order, as far as one larger page showed them. */
  order: readonly JsonObject[];
}

/** Fields of a record that may be the cursor. */
const idFields = (record: JsonObject): string[] =>
  Object.keys(record).filter(
    (name) =>
      /(^|_)(id|uid|vuid|uuid|guid|key|seq|sequence)$|[a-z]Id$/.test(name) &&
      typeof record[name] !== 'object',
  );

/** `nextPageToken` is likely sent back as `pageToken`. */
function paramsFor(path: string, { cursorParam }: Paging): string[] {
  const name =
    path
      .replace(/^header:(x-)?/, '')
      .split('.')
      .at(-1) ?? '';
  const without = name.replace(/^next[-_]?/i, '');
  const own = without === '' ? name : without.charAt(0).toLowerCase() + without.slice(1);
  return [...new Set([cursorParam, name, own, ...CURSOR_PARAMS])];
}

/** Ways of paging, those first that the first page speaks for. */
export function* pagingWays({ reply, profile, records }: FirstPage): Generator<Partial<Paging>> {
  const { body } = reply.answer ?? { body: undefined };
  const { headers } = reply;
  const cursor = { style: 'cursor', cursorField: null } as const;
  if (/rel="?next/.test(headers['link'] ?? '')) yield { style: 'link' };
  for (const nextUrlPath of urlPaths(body)) yield { style: 'url', nextUrlPath };
  const paths = [...cursorPaths(body), ...cursorHeaders(headers).map((name) => `header:${name}`)];
  for (const nextCursorPath of paths) {
    for (const cursorParam of paramsFor(nextCursorPath, profile.pagination)) {
      yield { ...cursor, nextCursorPath, cursorParam };
    }
  }
  for (const offsetParam of new Set([profile.pagination.offsetParam, ...OFFSET_NAMES])) {
    yield { style: 'offset', offsetParam };
  }
  for (const pageParam of new Set([profile.pagination.pageParam, ...PAGE_NAMES])) {
    yield { style: 'page', pageParam };
  }
  const last = records.at(-1) ?? {};
  for (const cursorField of idFields(last)) {
    for (const cursorParam of LAST_RECORD_PARAMS) yield { ...cursor, cursorField, cursorParam };
  }
}

/** Whether an answer names a further page in some way. */
export const namesMore = ({ answer }: Reply): boolean =>
  answer !== undefined &&
  (/rel="?next/.test(answer.headers['link'] ?? '') ||
    urlPaths(answer.body).length > 0 ||
    cursorPaths(answer.body).length > 0 ||
    cursorHeaders(answer.headers).length > 0);

export function pagingText({ style, ...names }: Paging): string {
  switch (style) {
    case 'cursor': {
      const cursor =
        names.cursorField === null
          ? `cursor at "${names.nextCursorPath}"`
          : `the last record's "${names.cursorField}" as cursor`;
      return `${cursor}, sent as "${names.cursorParam}"${names.cursorAlone ? ' alone' : ''}`;
    }
    case 'offset':
      return `offset, sent as "${names.offsetParam}"`;
    case 'page':
      return `page number from ${names.firstPage}, sent as "${names.pageParam}"`;
    case 'link':
      return 'the Link header';
    case 'url':
      return `the URL at "${names.nextUrlPath}"`;
    case 'none':
      return 'no pages';
  }
}
