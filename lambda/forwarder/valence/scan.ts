import type { EndpointName, EndpointProfile } from '../../settings/api-profile.ts';
import { valueAt } from '../../shared/dotted-path.ts';
import { SourceError } from '../../shared/errors.ts';
import { placeOf, type ReusedBytes } from '../../shared/http.ts';
import { type Attempt, withRetries } from '../../shared/retry.ts';
import { newPageBuffers, type PageBuffers } from '../core/memory/pages.ts';
import type { CallOptions, ListEnd, Page, Range, Telemetry } from '../core/ports.ts';
import { type JsonAnswer, MAX_ATTEMPTS } from './attempt.ts';
import { failureSignOf, partialAnswer, REPORTED_FAILURE, reportedFailure } from './failure-signs.ts';
import { isSamePage, isUniform, lastRecordOf, noneReadable, noRecords } from './items.ts';
import { addPage, endOf, isBeyondReach, type SeenList } from './list-end.ts';
import { firstRequest, identityOf, type PageRequest } from './page-request.ts';
import { emptyPage, type PageRecords, type PageText, readPage } from './page-text.ts';
import { answeredAt, nextPage, type PageAnswer, pageBeyond } from './pagination.ts';
import { RepeatedPages } from './repeated-pages.ts';
import { type RequestOptions, readJson } from './request.ts';
import { profileMismatch } from './source-errors.ts';

/** A chain of pages longer than this has no end. A slice ends at 44,000 records, which is far below it. */
const MAX_PAGES = 10_000;

const NO_CONTENT = 204;
const PARTIAL_CONTENT = 206;

/** A page that takes this long, attempts and waits included, gets a log line. */
const SLOW_PAGE_MS = 5_000;

const ONE_SHORT_PAGE =
  'Valence returned the first page again as the second. The forwarder treats it as the only page because it is not full.';
const LAST_PAGE_AGAIN = 'Valence repeats its last page. The forwarder treats it as the end of the list.';
const SLOW_PAGE = 'Valence took long to return a page.';
const FULL_LAST_PAGE =
  'The last page is full, but its body has no field for a next cursor. If records are missing, correct the profile key in profileKey.';

export interface Scan {
  /** Scheme and host. */
  origin: string;
  endpoint: EndpointName;
  profile: EndpointProfile;
  /** Undefined for a list without times. */
  range: Range | undefined;
  /** See {@link ScanOptions}. */
  onEnd?: ((end: ListEnd) => void) | undefined;
  /** Where the pages may be put, see {@link ScanOptions}. */
  pageBuffers?: PageBuffers | undefined;
}

/**
 * All pages of a list, one after the other; each is requested when the caller needs it. The list ends only where the answers show
 * its end, because a missing last page would lose records without an error.
 *
 * A page that equals the one before it does not prove the end: records without an id may fill several pages with the same content,
 * also on purpose. Where pages are counted, a request for a page beyond every list decides. Where the answers name the next page,
 * equal pages are held back until one differs, the list ends, or there are too many of them ({@link RepeatedPages}).
 *
 * Two buffers are reused: one for the page that is read now, one for the page that was returned last. By asking for the next page
 * the caller gives up the earlier ones.
 * @throws {SourceError} also when the pages repeat in a cycle; further as {@link readJson} does
 */
export async function* scan(
  { origin, endpoint, profile, range, pageBuffers = newPageBuffers(), onEnd = () => {} }: Scan,
  options: RequestOptions,
  call: CallOptions,
): AsyncGenerator<Page> {
  const { telemetry } = options;
  const read = pageReader(endpoint, profile, options, call);
  const visited = new Set<string>();
  const repeats = new RepeatedPages();
  let [bytes, bytesOfPrevious] = pageBuffers;

  const seen: SeenList = { shown: 0, largestPage: 0, lastPage: 0, total: undefined };
  let request: PageRequest | undefined = firstRequest(origin, profile, range);
  while (request) {
    const { status, body, headers, serverTime, records, place, failureSign } = await read(request, bytes);
    const cameBack = visited.has(identityOf(request));
    const again = repeats.has(records);
    if (cameBack && !again) throw endless(place, profile, 'repeat in a cycle');
    const doubtful = again && !cameBack && !isUniform(records);
    const beyond = doubtful ? pageBeyond(request, profile, MAX_PAGES, records.length) : undefined;
    const isEnough = again && repeats.areEndless;
    if (cameBack || (beyond && (await isAnsweredWith(records, beyond))) || isEnough) {
      endOfRepeats(place, profile, { endpoint, telemetry }, { records, isFirst: repeats.areFirst });
      onEnd(endOf(undefined, profile, seen));
      return;
    }
    visited.add(identityOf(request));
    addPage(seen, records.length, totalIn({ body, headers }, profile));
    if (visited.size > MAX_PAGES) throw endless(place, profile, `do not end after ${MAX_PAGES}`);

    if (doubtful && !beyond) {
      repeats.hold();
    } else {
      for (const held of repeats.release()) yield { records: held, serverTime };
      yield { records, serverTime };
      repeats.note(records, again);
      if (records.length > 0) [bytes, bytesOfPrevious] = [bytesOfPrevious, bytes];
    }
    // What such a page shows is delivered before the scan fails.
    if (failureSign) throw reportedFailure(place, failureSign);
    const lastRecord = profile.pagination.cursorField === null ? undefined : lastRecordOf(records);
    const answer = { body, headers, itemCount: records.length, lastRecord };
    request = nextPage(request, answer, profile);
    const leadsBack = repeats.isLastEmpty && request !== undefined && visited.has(identityOf(request));
    const isCut = request !== undefined && isBeyondReach(request, profile, seen);
    if (request && !isCut && !leadsBack && !repeats.areEmpty) continue;
    if (status === PARTIAL_CONTENT) throw partialAnswer(place);
    const { shown, total } = seen;
    const last = request ? undefined : answer;
    const end = isCut && shown !== total ? 'cut' : endOf(last, profile, seen, leadsBack);
    if (end !== 'cut' && total !== undefined && shown < total) throw cutList(place, shown, total);
    for (const held of repeats.release()) yield { records: held };
    if (records.length === profile.pageSize && lacksCursor(body, profile)) {
      telemetry.warn('last-page-full', FULL_LAST_PAGE, { endpoint, profileKey: 'pagination.nextCursorPath' });
    }
    onEnd(end);
    return;
  }

  async function isAnsweredWith(expected: PageRecords, place: PageRequest): Promise<boolean> {
    try {
      return isSamePage((await read(place)).records, expected);
    } catch (error) {
      // An API that refuses such a page counts pages.
      if (error instanceof SourceError) return false;
      throw error;
    }
  }
}

/** Reads single pages, and logs slow ones. */
function pageReader(
  endpoint: EndpointName,
  profile: EndpointProfile,
  options: RequestOptions,
  call: CallOptions,
) {
  const { telemetry, clock, random } = options;
  const { itemsPath, itemPath, itemsMayBeAbsent, emptyStatuses } = profile;
  const isEmptyStatus = (status: number) =>
    status === NO_CONTENT || (emptyStatuses as readonly number[]).includes(status);
  const purpose = {
    profile,
    profileKey: `${endpoint}.path`,
    doing: `reading ${endpoint} from Valence`,
    read: (body: Buffer, status: number, malformed: () => SourceError) =>
      isEmptyStatus(status)
        ? emptyPage()
        : readPage(body, {
            itemsPath,
            itemPath,
            itemsMayBeAbsent,
            apart: !isCursorWithin(profile),
            malformed,
          }),
  };
  return async (request: PageRequest, into?: ReusedBytes) => {
    const place = placeOf({ method: profile.method, url: request.url.href });
    const askedAt = clock.monotonic();
    let failed: JsonAnswer<PageText> | undefined;
    /** If the body of an answer reports a failure, the page is requested again; the answer is used only if that does not help. */
    const ask = async (): Promise<Attempt<JsonAnswer<PageText>>> => {
      const answer = await readJson(request, options, call, { ...purpose, into });
      const sign = failureSignOf(answer.body.body);
      if (sign === undefined) return { done: answer };
      failed = answer;
      telemetry.count('SourceErrors');
      return { failed: reportedFailure(place, sign), maxAttempts: MAX_ATTEMPTS };
    };
    const answer = await withRetries(ask, { clock, random, doing: purpose.doing, ...call }).catch((error) => {
      if (failed && error instanceof SourceError && error.code === REPORTED_FAILURE) return failed;
      throw error;
    });
    const { status, body: page, headers, serverTime } = answer;
    const tookMs = Math.round(clock.monotonic() - askedAt);
    const { body, records } = page;
    const failureSign = failureSignOf(body);
    if (!records) throw failureSign ? reportedFailure(place, failureSign) : noRecords(body, itemsPath, place);
    const mismatch = noneReadable(records, itemPath, place);
    if (mismatch) throw failureSign ? reportedFailure(place, failureSign) : mismatch;
    telemetry.count('PagesFetched');
    if (tookMs >= SLOW_PAGE_MS)
      telemetry.info('slow-page', SLOW_PAGE, { endpoint, tookMs, records: records.length });
    return { status, body, headers, serverTime, records, place, failureSign };
  };
}

/**
 * What it means that a page comes again and again: the list has ended, or it never moved on.
 * @throws {SourceError} when it is the first page that comes again, unless that one is short
 */
function endOfRepeats(
  place: string,
  profile: EndpointProfile,
  { endpoint, telemetry }: { endpoint: EndpointName; telemetry: Telemetry },
  { records, isFirst }: { records: PageRecords; isFirst: boolean },
): void {
  const { pageSize } = profile;
  const fields = { endpoint, profileKey: pagingKey(profile) };
  if (!isFirst) {
    telemetry.warn('last-page-repeated', LAST_PAGE_AGAIN, fields);
    return;
  }
  const isGivenCursor = profile.pagination.style === 'cursor' && !isUniform(records);
  if (isGivenCursor || (pageSize !== null && records.length >= pageSize)) throw pagingIgnored(place, profile);
  // Without a page size the list may simply know no pages.
  if (pageSize !== null) telemetry.warn('first-page-repeated', ONE_SHORT_PAGE, fields);
}

/** Whether the next cursor is in the list itself, so that the rest of the body does not show it. */
const isCursorWithin = ({ itemsPath, pagination }: EndpointProfile): boolean =>
  pagination.style === 'cursor' &&
  pagination.cursorField === null &&
  `${pagination.nextCursorPath}.`.startsWith(`${itemsPath}.`);

/** How many records the range holds in all, if the answer states it. */
function totalIn(
  answer: Pick<PageAnswer, 'body' | 'headers'>,
  { totalPath }: EndpointProfile,
): number | undefined {
  const total = totalPath === null ? undefined : answeredAt(answer, totalPath);
  const isNumber = typeof total === 'number' || (typeof total === 'string' && /^\d+$/.test(total.trim()));
  return isNumber ? Number(total) : undefined;
}

const lacksCursor = (body: unknown, { pagination }: EndpointProfile): boolean =>
  pagination.style === 'cursor' &&
  pagination.cursorField === null &&
  pagination.hasMorePath === null &&
  !pagination.nextCursorPath.startsWith('header:') &&
  valueAt(body, pagination.nextCursorPath) === undefined;

/** The profile key of the parameter that selects the page, or else of the pagination style. */
function pagingKey({ pagination }: EndpointProfile): string {
  switch (pagination.style) {
    case 'cursor':
      return 'pagination.cursorParam';
    case 'offset':
      return 'pagination.offsetParam';
    case 'page':
      return 'pagination.pageParam';
    default:
      return 'pagination.style';
  }
}

const pagingIgnored = (place: string, profile: EndpointProfile) =>
  profileMismatch(
    'source-paging',
    pagingKey(profile),
    `Valence returned the first page of ${place} again for a later page: it ignores the paging parameter.`,
  );

const endless = (place: string, profile: EndpointProfile, how: string) =>
  profileMismatch('source-paging', pagingKey(profile), `The pages of ${place} ${how}.`);

const cutList = (place: string, shown: number, total: number) =>
  profileMismatch(
    'source-cut',
    'totalPath',
    `The answer to ${place} states that the range has ${total} records, but its pages have ${shown}.`,
  );
