import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { nextPage } from '../../lambda/forwarder/valence/pagination.ts';
import type { EndpointProfile } from '../../lambda/settings/api-profile.ts';
import { SourceError } from '../../lambda/shared/errors.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { type EndpointPatch, type Probe, withPatch } from './probe.ts';
import { probePageCap, probePageSize, smallSize } from './probe-page-size.ts';
import type { Reply } from './requests.ts';
import { cursorPaths, isSamePage, recordsIn } from './response-body.ts';

/** How the next page is found. */

const CURSOR_NAMES = [
  'cursor',
  'nextCursor',
  'next',
  'pageToken',
  'nextToken',
  'page_token',
  'after',
  'token',
  'continuationToken',
];
const OFFSET_NAMES = ['offset', 'skip'];
const PAGE_NAMES = ['page', 'pageNumber', 'page_number', 'pageIndex'];

interface FirstPage {
  /** The profile that it was asked with. */
  profile: EndpointProfile;
  range: Range | undefined;
  reply: Reply;
  records: JsonObject[];
}

/** Whether the next page in a certain way of paging is there, and another one than the first. */
async function turns(
  probe: Probe,
  { profile, range, reply, records }: FirstPage,
  patch: EndpointPatch,
): Promise<boolean> {
  const { answer } = reply;
  if (!answer) return false;
  const asked = withPatch(profile, patch);
  try {
    // Some pagination styles already have a parameter in the first request.
    const current = probe.ask.request(asked, range);
    const { body, headers } = answer;
    const next = nextPage(
      current,
      { body, headers, itemCount: records.length, lastRecord: records.at(-1) },
      asked,
    );
    if (!next) return false;
    const second = recordsIn(await probe.ask.follow(next, asked), asked);
    return second.length > 0 && !isSamePage(second, records);
  } catch (error) {
    // The answer does not hold what this style of paging needs.
    if (error instanceof SourceError) return false;
    throw error;
  }
}

/** Every style of paging that fits the first page. */
function* otherWays({ reply, profile }: FirstPage): Generator<EndpointPatch['pagination'] & object> {
  const { body, headers } = reply.answer ?? {};
  if (headers?.['link'] !== undefined) yield { style: 'link' };
  for (const nextCursorPath of cursorPaths(body)) {
    const own = nextCursorPath.split('.').at(-1) ?? '';
    for (const cursorParam of new Set([profile.pagination.cursorParam, own, ...CURSOR_NAMES])) {
      yield { style: 'cursor', nextCursorPath, cursorParam };
    }
  }
  for (const offsetParam of OFFSET_NAMES) yield { style: 'offset', offsetParam };
  for (const pageParam of PAGE_NAMES) yield { style: 'page', pageParam };
}

/** What of a way of paging is not in the profile already. */
const newIn = (
  patch: object,
  pagination: EndpointProfile['pagination'],
): EndpointPatch['pagination'] & object =>
  Object.fromEntries(Object.entries(patch).filter(([key, value]) => Reflect.get(pagination, key) !== value));

function pagingText({ style, ...names }: EndpointProfile['pagination']): string {
  switch (style) {
    case 'cursor':
      return `cursor at "${names.nextCursorPath}", sent as "${names.cursorParam}"`;
    case 'offset':
      return `offset, sent as "${names.offsetParam}"`;
    case 'page':
      return `page number from ${names.firstPage}, sent as "${names.pageParam}"`;
    default:
      return style;
  }
}

/** Pages may be counted from 0: then the page of that number is the first one. */
async function firstPageNumber(
  probe: Probe,
  { profile, range, records }: FirstPage,
  pageParam: string,
): Promise<number> {
  const numbered = (firstPage: number) =>
    withPatch(profile, { pagination: { style: 'page', pageParam, firstPage } });
  const zeroth = recordsIn(await probe.ask.page(numbered(0), range), profile);
  const first = recordsIn(await probe.ask.page(numbered(1), range), profile);
  return isSamePage(zeroth, records) && !isSamePage(first, records) ? 0 : 1;
}

async function probePaging(probe: Probe, first: FirstPage): Promise<void> {
  const { pagination } = first.profile;
  if (await turns(probe, first, {})) {
    probe.matched('pagination', pagingText(pagination));
    return;
  }
  for (const way of otherWays(first)) {
    const firstPage =
      way.style === 'page' && way.pageParam ? await firstPageNumber(probe, first, way.pageParam) : undefined;
    const full = firstPage === undefined ? way : { ...way, firstPage };
    if (!(await turns(probe, first, { pagination: full }))) continue;
    const fits = pagingText({ ...pagination, ...full });
    probe.corrected(
      'pagination',
      `${pagingText(pagination)} does not lead to a second page; this does: ${fits}`,
      {
        pagination: newIn(full, pagination),
      },
    );
    return;
  }
  probe.differs(
    'pagination',
    `${pagingText(pagination)} does not lead to a second page, nor does any other common style`,
    'Ask Valence how pages are requested, and set pagination in valenceApi.',
  );
}

/**
 * Finds out how pages are requested.
 * @param known how many records the range holds at least
 * @param whole the answer to the profile's own page size
 */
export async function probePages(
  probe: Probe,
  known: number,
  range: Range | undefined,
  whole: Reply,
): Promise<void> {
  if (known < 2) {
    probe.noted(
      'pagination',
      'too few records to check pagination',
      'Run the doctor again when there are more records.',
    );
    return;
  }
  const isSizeHonoured = await probePageSize(probe, known, range);
  probePageCap(probe, whole, known);
  const profile = isSizeHonoured ? withPatch(probe.profile, { pageSize: smallSize(known) }) : probe.profile;
  const reply = isSizeHonoured ? await probe.ask.page(profile, range) : whole;
  const records = recordsIn(reply, profile);
  const hintsAtMore =
    reply.answer?.headers['link'] !== undefined || cursorPaths(reply.answer?.body).length > 0;
  if (!isSizeHonoured && !hintsAtMore) {
    probe.matched('pagination', 'all records were in one page');
    return;
  }
  await probePaging(probe, { profile, range, reply, records });
}
