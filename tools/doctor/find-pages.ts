import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { nextPage } from '../../lambda/forwarder/valence/pagination.ts';
import { type EndpointProfile, isBoundedAbove } from '../../lambda/settings/api-profile.ts';
import { SourceError } from '../../lambda/shared/errors.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { PAGE_SIZE_NAMES } from './candidates.ts';
import { objectionOf } from './find-access.ts';
import { findEnd } from './find-end.ts';
import { newestPart } from './find-length.ts';
import { type Sample, timesOf } from './find-list.ts';
import { type FirstPage, namesMore, type Paging, pagingText, pagingWays } from './paging-ways.ts';
import { type Probe, withPatch } from './probe.ts';
import { isSamePage, showsAll } from './read-list.ts';
import { recordsIn } from './response-body.ts';

/** How large pages are, and how the next one is asked for. */

/** A page of a few records, small enough to have successors. */
const SMALL_PAGE = 4;
/** So many small pages make a list that is short to read and long enough to learn from. */
const PAGES = 3;

/** A list that is shorter than this is not taken for the first page of a longer one, unless it says so. */
const LONG_LIST = 10;

/** Requests that are left for reading a list to its end. */
const RESERVE = 10;

/** A page size that leaves records for further pages. */
const smallSize = (known: number) => Math.max(1, Math.min(SMALL_PAGE, Math.floor(known / PAGES)));

/** A range around the middle of a sample that holds some small pages of records, so that reading it is cheap. */
async function shortRange(probe: Probe, { records, range }: Sample): Promise<Range | undefined> {
  const { profile, newestHour } = probe;
  if (profile.timeFilter === 'update') {
    const share = Math.min(1, (SMALL_PAGE * PAGES) / records.length);
    return range ? newestPart(probe, range, (range.to - range.from) * share, 2) : newestHour;
  }
  if (!isBoundedAbove(profile) && newestHour) return newestHour;
  const times = timesOf(probe, records);
  const wanted = Math.min(times.length, SMALL_PAGE * PAGES);
  if (wanted < 2) return range;
  const start = Math.floor((times.length - wanted) / 2);
  return { from: times[start] as number, to: (times[start + wanted - 1] as number) + 1 };
}

/** Whether a page is as small as asked for. Other names of the parameter are tried. */
async function findPageSize(
  probe: Probe,
  given: EndpointProfile,
  known: number,
  range: Range | undefined,
): Promise<boolean> {
  const { profile } = probe;
  const isOpen = probe.open.has('pageSize');
  const pageSize = smallSize(known);
  if (given.pageSize === null || (profile.pageSizeParam === null && !isOpen)) {
    probe.matched('pageSize', 'is chosen by the server');
    // Small pages show more, also where the profile asks for none.
    const asked = withPatch(profile, { pageSize });
    return (
      profile.pageSizeParam !== null &&
      recordsIn(await probe.ask.page(asked, range), asked).length === pageSize
    );
  }
  const own = isOpen ? given.pageSizeParam : profile.pageSizeParam;
  for (const pageSizeParam of new Set([...(own === null ? [] : [own]), ...PAGE_SIZE_NAMES])) {
    if (probe.ask.left() < 2 * RESERVE) break;
    const asked = withPatch(profile, { pageSize, pageSizeParam });
    const reply = await probe.ask.page(asked, range);
    if (!reply.answer || recordsIn(reply, asked).length !== pageSize) continue;
    if (pageSizeParam === own) {
      probe.profile = withPatch(profile, { pageSizeParam });
      probe.matched('pageSize', `"${pageSizeParam}" is honoured`);
    } else {
      probe.corrected('pageSize', `"${own}" is not honoured; "${pageSizeParam}" is`, { pageSizeParam });
    }
    return true;
  }
  if (isOpen) {
    probe.corrected('pageSize', `"${own}" is refused, and no common name is honoured`, {
      pageSizeParam: null,
    });
  } else {
    probe.noted(
      'pageSize',
      `"${own}" is not honoured, nor is any common name`,
      'No record is lost. Ask Valence for the parameter: with larger pages fewer requests are needed.',
    );
  }
  return false;
}

/** Whether a page is the one after the first. */
function isSecond(probe: Probe, second: readonly JsonObject[], { records, order }: FirstPage): boolean {
  if (second.length === 0 || isSamePage(probe, second, records)) return false;
  const expected = order.slice(records.length, records.length + second.length);
  if (expected.length === second.length)
    return isSamePage(probe, second, expected) || showsAll(probe, order, second);
  return !showsAll(probe, records, second);
}

type Turn = 'next' | 'same' | 'refused' | 'impossible';

/** Turns to the second page in some way. */
async function turn(probe: Probe, first: FirstPage, pagination: Partial<Paging>): Promise<Turn> {
  const { profile, range, reply, records } = first;
  const { answer } = reply;
  if (!answer) return 'impossible';
  const asked = withPatch(profile, { pagination });
  let next: ReturnType<typeof nextPage>;
  try {
    const { body, headers } = answer;
    // Counting pages begins in the first request already.
    const isCounted = asked.pagination.style === 'offset' || asked.pagination.style === 'page';
    const current = isCounted ? probe.ask.request(asked, range) : reply.request;
    next = nextPage(current, { body, headers, itemCount: records.length, lastRecord: records.at(-1) }, asked);
  } catch (error) {
    // The answer does not hold what this style of paging needs.
    if (error instanceof SourceError) return 'impossible';
    throw error;
  }
  if (!next) return 'impossible';
  const second = await probe.ask.follow(next, asked);
  if (objectionOf(second) !== 'none') return 'refused';
  return isSecond(probe, recordsIn(second, asked), first) ? 'next' : 'same';
}

/** Pages may be counted from 0: then the page of that number is the first one. */
async function firstPageNumber(
  probe: Probe,
  { profile, range, records }: FirstPage,
  pageParam: string,
): Promise<0 | 1 | undefined> {
  for (const firstPage of [1, 0] as const) {
    const numbered = withPatch(profile, { pagination: { style: 'page', pageParam, firstPage } });
    if (isSamePage(probe, recordsIn(await probe.ask.page(numbered, range), profile), records))
      return firstPage;
  }
  return undefined;
}

/** Completes a way that turns the page: counted from where, and with or without the other parameters. */
async function completed(
  probe: Probe,
  first: FirstPage,
  way: Partial<Paging>,
): Promise<Partial<Paging> | undefined> {
  if (way.style !== 'page' || !way.pageParam) {
    const turned = await turn(probe, first, way);
    if (turned === 'next') return way;
    const isAlone =
      turned === 'refused' &&
      way.style === 'cursor' &&
      (await turn(probe, first, { ...way, cursorAlone: true })) === 'next';
    return isAlone ? { ...way, cursorAlone: true } : undefined;
  }
  if ((await turn(probe, first, { ...way, firstPage: 1 })) !== 'next') {
    // Counted from 0, page 2 is the third one.
    if ((await turn(probe, first, { ...way, firstPage: 0 })) !== 'next') return undefined;
  }
  const firstPage = await firstPageNumber(probe, first, way.pageParam);
  return firstPage === undefined ? undefined : { ...way, firstPage };
}

/** What of a way of paging is not in the profile already. */
const newIn = (patch: object, pagination: Paging): Partial<Paging> =>
  Object.fromEntries(Object.entries(patch).filter(([key, value]) => Reflect.get(pagination, key) !== value));

async function findPaging(probe: Probe, first: FirstPage): Promise<boolean> {
  const { pagination } = first.profile;
  if ((await turn(probe, first, {})) === 'next') {
    probe.matched('pagination', pagingText(pagination));
    return true;
  }
  for (const way of pagingWays(first)) {
    if (probe.ask.left() < RESERVE) break;
    const fitting = await completed(probe, first, way);
    if (!fitting) continue;
    const text = pagingText({ ...pagination, ...fitting });
    probe.corrected(
      'pagination',
      `${pagingText(pagination)} does not lead to a second page; this does: ${text}`,
      { pagination: newIn(fitting, pagination) },
    );
    return true;
  }
  return false;
}

/**
 * Finds out how pages are asked for and how their list ends.
 * @param given the profile before anything was left out of it
 */
export async function findPages(
  probe: Probe,
  given: EndpointProfile,
  sample: Sample,
  isRanged: boolean,
): Promise<void> {
  if (sample.records.length < 2) {
    probe.noted(
      'pagination',
      'too few records to check pagination',
      'Run the doctor again when there are more records.',
    );
    return;
  }
  const range = isRanged ? await shortRange(probe, sample) : sample.range;
  const whole = await probe.ask.page(probe.profile, range);
  const order = recordsIn(whole, probe.profile);
  const isSizeHonoured = order.length > 1 && (await findPageSize(probe, given, order.length, range));
  const small = withPatch(probe.profile, isSizeHonoured ? { pageSize: smallSize(order.length) } : {});
  // Without small pages only a long list has a second one.
  const reply = isSizeHonoured ? await probe.ask.page(small, range) : sample.reply;
  const records = recordsIn(reply, small);
  const first: FirstPage = {
    profile: small,
    range: isSizeHonoured ? range : sample.range,
    reply,
    records,
    order: isSizeHonoured ? order : [],
  };
  const isShort = !isSizeHonoured && records.length < LONG_LIST && !namesMore(reply);
  if (!isShort && (await findPaging(probe, first))) {
    await findEnd(probe, withSize(probe.profile, small), {
      ...first,
      expected: isSizeHonoured ? order : records,
    });
    return;
  }
  if (!isSizeHonoured && !namesMore(reply)) {
    probe.matched('pagination', 'all records were in one page');
    return;
  }
  probe.differs(
    'pagination',
    `${pagingText(probe.profile.pagination)} does not lead to a second page, nor does any other common way`,
    'Ask Valence how pages are requested, and set pagination in valenceApi.',
  );
}

const withSize = (profile: EndpointProfile, { pageSize }: EndpointProfile): EndpointProfile =>
  withPatch(profile, { pageSize });
