import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { valueAt } from '../../lambda/forwarder/valence/dotted-path.ts';
import { nextPage } from '../../lambda/forwarder/valence/pagination.ts';
import type { EndpointProfile } from '../../lambda/settings/api-profile.ts';
import { SourceError } from '../../lambda/shared/errors.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { cursorPaths, isSamePage, recordsAt } from './lists.ts';
import { type EndpointPatch, type Probe, withPatch } from './probe.ts';
import type { Reply } from './questions.ts';

/** How large pages are, and how the next one is found. */

const SIZE_NAMES = [
  'limit',
  'pageSize',
  'page_size',
  'per_page',
  'perPage',
  'size',
  'count',
  'top',
  'maxResults',
];
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

/** A page of a few records, small enough to have a successor. */
const SMALL_PAGE = 5;

const smallSize = (known: number) => Math.max(1, Math.min(SMALL_PAGE, Math.floor(known / 2)));

const recordsIn = ({ answer }: Reply, { itemsPath }: EndpointProfile): JsonObject[] =>
  (answer && recordsAt(answer.body, itemsPath)) ?? [];

/** Whether a page is as small as asked for. Other names of the parameter are tried. */
async function probePageSize(probe: Probe, known: number, range: Range | undefined): Promise<boolean> {
  const { profile } = probe;
  if (profile.pageSize === null || profile.pageSizeParam === null) {
    probe.matched('pageSize', 'is left to the server');
    return false;
  }
  const pageSize = smallSize(known);
  const fits = async (pageSizeParam: string) => {
    const asked = withPatch(profile, { pageSize, pageSizeParam });
    return recordsIn(await probe.ask.page(asked, range), asked).length === pageSize;
  };
  if (await fits(profile.pageSizeParam)) {
    probe.matched('pageSize', `"${profile.pageSizeParam}" is honoured`);
    return true;
  }
  for (const pageSizeParam of SIZE_NAMES) {
    if (pageSizeParam === profile.pageSizeParam || !(await fits(pageSizeParam))) continue;
    probe.corrected('pageSize', `"${profile.pageSizeParam}" is not honoured; "${pageSizeParam}" is`, {
      pageSizeParam,
    });
    return true;
  }
  probe.noted(
    'pageSize',
    `"${profile.pageSizeParam}" is not honoured, nor any name that is commonly used`,
    'Nothing is lost. Ask Valence for the parameter: large pages are fewer requests.',
  );
  return false;
}

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
    // Some ways of paging say something in the first request already.
    const current = probe.ask.address(asked, range);
    const next = nextPage(
      current,
      { body: answer.body, itemCount: records.length, link: answer.link },
      asked,
    );
    if (!next) return false;
    const second = recordsIn(await probe.ask.follow(next), asked);
    return second.length > 0 && !isSamePage(second, records);
  } catch (error) {
    // What the answer holds is nothing that this way of paging could go on from.
    if (error instanceof SourceError) return false;
    throw error;
  }
}

/** Every way of paging that the first page gives reason to try. */
function* otherWays({ reply, profile }: FirstPage): Generator<EndpointPatch['pagination'] & object> {
  const { body, link } = reply.answer ?? {};
  if (link !== undefined) yield { style: 'link' };
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

function shownPaging({ style, ...names }: EndpointProfile['pagination']): string {
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
    probe.matched('pagination', shownPaging(pagination));
    return;
  }
  for (const way of otherWays(first)) {
    const firstPage =
      way.style === 'page' && way.pageParam ? await firstPageNumber(probe, first, way.pageParam) : undefined;
    const full = firstPage === undefined ? way : { ...way, firstPage };
    if (!(await turns(probe, first, { pagination: full }))) continue;
    const fits = shownPaging({ ...pagination, ...full });
    probe.corrected(
      'pagination',
      `${shownPaging(pagination)} does not lead to a second page; this does: ${fits}`,
      {
        pagination: newIn(full, pagination),
      },
    );
    return;
  }
  probe.differs(
    'pagination',
    `${shownPaging(pagination)} does not lead to a second page, nor does anything else that is commonly used`,
    'Ask Valence how its pages are asked for, and set pagination in valenceApi.',
  );
}

/** Whether the server gives fewer records a page than asked for, although there are more. */
function probePageCap(probe: Probe, { answer }: Reply, known: number): void {
  const { pageSize, pagination } = probe.profile;
  if (pageSize === null || known >= pageSize || pagination.style !== 'cursor') return;
  const cursor = valueAt(answer?.body, pagination.nextCursorPath);
  if (cursor === undefined || cursor === null || cursor === '' || cursor === false) return;
  probe.noted(
    'pageSize',
    `${pageSize} records were asked for and ${known} came, with more to come: the server has a limit of its own`,
    'Nothing to do: the forwarder follows the pages that it gets.',
  );
}

/**
 * Looks how pages are asked for.
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
      'too few records to see how pages follow each other',
      'Run the doctor again when there are more.',
    );
    return;
  }
  const isSizeHonoured = await probePageSize(probe, known, range);
  probePageCap(probe, whole, known);
  const profile = isSizeHonoured ? withPatch(probe.profile, { pageSize: smallSize(known) }) : probe.profile;
  const reply = isSizeHonoured ? await probe.ask.page(profile, range) : whole;
  const records = recordsIn(reply, profile);
  const hintsAtMore = reply.answer?.link !== undefined || cursorPaths(reply.answer?.body).length > 0;
  if (!isSizeHonoured && !hintsAtMore) {
    probe.matched('pagination', 'everything came in one page');
    return;
  }
  await probePaging(probe, { profile, range, reply, records });
}
