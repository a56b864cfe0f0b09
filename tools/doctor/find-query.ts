import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { HOUR_SECONDS, MINUTE_SECONDS, RANGE_SLACK_SECONDS } from '../../lambda/limits.ts';
import type { EndpointProfile } from '../../lambda/settings/api-profile.ts';
import { rangePairs, UNITS } from './candidates.ts';
import { objectionOf } from './find-access.ts';
import { type EndpointPatch, type Probe, withPatch } from './probe.ts';
import type { Reply } from './requests.ts';
import { findList } from './response-body.ts';

/** Which parameters an API accepts that refuses those of the profile. */

/** An answer, and the range that it is about. */
export interface Answered {
  reply: Reply;
  /** Undefined when the request named none. */
  range: Range | undefined;
}

export const WITHOUT_RANGE: EndpointPatch = { fromParam: null, toParam: null, rangeTemplate: null };

/** Ranges that a request covers, slack included, where a day is refused. */
const SHORT_SECONDS = [HOUR_SECONDS, 15 * MINUTE_SECONDS];

const PAGE_SIZES = [500, 200, 100, 50, 20];

/** Requests that are left for everything else. */
const RESERVE = 22;

/** The newest part of a range, such that a request for it covers so many seconds. */
export const newestOf = ({ to }: Range, seconds: number): Range => ({
  from: to - (seconds - 2 * RANGE_SLACK_SECONDS),
  to,
});

const isAnswered = (reply: Reply): boolean => objectionOf(reply) === 'none';

/** The page sizes to try: the profile's own first. */
const sizesOf = ({ pageSize }: EndpointProfile): number[] =>
  pageSize === null ? [] : PAGE_SIZES.filter((size) => size < pageSize);

/** Finds a page size that the API accepts in requests without a range; otherwise leaves it out. */
async function fitPageSize(probe: Probe): Promise<void> {
  const { ask, profile } = probe;
  if (profile.pageSize === null || profile.pageSizeParam === null) return;
  const rangeless = withPatch(profile, WITHOUT_RANGE);
  if (isAnswered(await ask.page(rangeless, undefined))) return;
  for (const pageSize of sizesOf(profile)) {
    if (!isAnswered(await ask.page(withPatch(rangeless, { pageSize }), undefined))) continue;
    probe.corrected(
      'pageSize',
      `the API refuses pages of ${profile.pageSize} records and accepts ${pageSize}`,
      {
        pageSize,
      },
    );
    return;
  }
  probe.open.add('pageSize');
  probe.profile = withPatch(probe.profile, { pageSizeParam: null });
}

/** Asks for shorter ranges than a day. */
async function askShorter(
  probe: Probe,
  range: Range,
  profile = probe.profile,
): Promise<Answered | undefined> {
  for (const seconds of SHORT_SECONDS) {
    const shorter = newestOf(range, seconds);
    const reply = await probe.ask.page(profile, shorter);
    if (!isAnswered(reply)) continue;
    probe.acceptedSeconds = seconds;
    return { reply, range: shorter };
  }
  return undefined;
}

/** What an API that answers without parameters accepts of the profile's. */
async function addParameters(probe: Probe, range: Range | undefined, bare: Reply): Promise<Answered> {
  await fitPageSize(probe);
  if (!range) return { reply: await probe.ask.page(probe.profile, undefined), range };
  const reply = await probe.ask.page(probe.profile, range);
  if (isAnswered(reply)) return { reply, range };
  const shorter = await askShorter(probe, range);
  // Records without a range are more than those of a short one.
  if (shorter)
    return findList(bare.answer?.body, probe.endpoint) ? { reply: bare, range: undefined } : shorter;
  probe.open.add('range');
  probe.profile = withPatch(probe.profile, WITHOUT_RANGE);
  return { reply: bare, range: undefined };
}

/** Names of parameters that a refusal mentions come first. */
function pairsFor({ endpoint }: Probe, { text }: Pick<Reply, 'text'>) {
  const mentioned = ([from, to]: readonly [string, string]) =>
    Number(text.includes(from) && from.length > 4) + Number(text.includes(to) && to.length > 4);
  return [...rangePairs(endpoint)].sort((one, other) => mentioned(other) - mentioned(one));
}

const named = (
  [fromParam, toParam]: readonly [string, string],
  timeUnit: EndpointProfile['timeUnit'],
): EndpointPatch => ({ fromParam, toParam, rangeTemplate: null, timeUnit });

/** Every way to name and write a range, as far as requests are left for. */
export function* rangeWays(probe: Probe, refused: Pick<Reply, 'text'>): Generator<EndpointPatch> {
  const pairs = pairsFor(probe, refused);
  const [likeliest] = pairs;
  const isNamed = likeliest !== undefined && likeliest[0] !== rangePairs(probe.endpoint)[0]?.[0];
  if (isNamed) {
    for (const timeUnit of UNITS) yield named(likeliest, timeUnit);
  }
  for (const timeUnit of UNITS) {
    for (const pair of pairs) yield named(pair, timeUnit);
  }
}

/**
 * Finds parameters that an API accepts. What it refuses is left out, if it answers without it.
 * @param range undefined for a list without times
 */
export async function findQuery(
  probe: Probe,
  range: Range | undefined,
  refused: Reply,
): Promise<Answered | undefined> {
  const { ask } = probe;
  const bare = await ask.page(withPatch(probe.profile, { ...WITHOUT_RANGE, pageSizeParam: null }), undefined);
  if (isAnswered(bare)) return addParameters(probe, range, bare);
  if (!range) return undefined;
  const shorter = await askShorter(probe, range);
  if (shorter) return shorter;
  for (const pageSize of sizesOf(probe.profile).slice(-3)) {
    const reply = await ask.page(withPatch(probe.profile, { pageSize }), range);
    if (!isAnswered(reply)) continue;
    probe.corrected(
      'pageSize',
      `the API refuses pages of ${probe.profile.pageSize} records and accepts ${pageSize}`,
      {
        pageSize,
      },
    );
    return { reply, range };
  }
  const hour = newestOf(range, HOUR_SECONDS);
  for (const way of rangeWays(probe, objectionOf(bare) === 'query' ? bare : refused)) {
    if (ask.left() < RESERVE) return undefined;
    const reply = await ask.page(withPatch(probe.profile, { ...way, pageSizeParam: null }), hour);
    if (!isAnswered(reply)) continue;
    const { fromParam, toParam, timeUnit } = way;
    probe.corrected(
      'fromParam, toParam',
      `the API refuses the query of the profile and accepts "${fromParam}" and "${toParam}" in unit "${timeUnit}"`,
      way,
    );
    probe.open.add('pageSize');
    probe.profile = withPatch(probe.profile, { pageSizeParam: null });
    return { reply, range: hour };
  }
  return undefined;
}
