import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { type PageRequest, withParameter } from '../../lambda/forwarder/valence/page-request.ts';
import { objectionOf } from './find-access.ts';
import type { Sample } from './find-list.ts';
import { type Probe, withPatch } from './probe.ts';

/** How deep an API answers that counts pages. */

/** Deeper than any list. */
const FAR = 1_000_000_000;

/** Depths at which services stop to answer, in ascending order. */
const DEPTHS = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];

/** Requests that are left for what follows. */
const RESERVE = 8;

/** The request for a page that ends at a depth. */
function pageAt({ ask, profile }: Probe, depth: number, size: number, range: Range | undefined): PageRequest {
  const { style, offsetParam, pageParam, firstPage } = profile.pagination;
  const first = ask.request(
    profile.pageSize === null ? profile : withPatch(profile, { pageSize: size }),
    range,
  );
  return style === 'offset'
    ? withParameter(first, offsetParam, depth - size)
    : withParameter(first, pageParam, firstPage + Math.floor(depth / size) - 1);
}

/**
 * Asks for pages beyond the end of a short list: an API that limits the depth refuses them, whatever the list holds. One that shows
 * nothing there, or its last page, looks like one without a limit; the forwarder proves its lists.
 */
export async function findDepth(probe: Probe, { records, range }: Sample): Promise<void> {
  const { ask, profile } = probe;
  const { style, maxOffset } = profile.pagination;
  if ((style !== 'offset' && style !== 'page') || maxOffset !== null || records.length === 0) return;
  const name = 'pagination.maxOffset';
  const isRefused = async (depth: number) => {
    const size = Math.min(profile.pageSize ?? records.length, records.length, depth);
    return objectionOf(await ask.follow(pageAt(probe, depth, size, range), profile)) === 'query';
  };
  if (ask.left() < RESERVE) return;
  if (!(await isRefused(FAR))) {
    probe.matched(name, 'pages far beyond the end of a list are not refused');
    return;
  }
  let [answered, refused] = [-1, DEPTHS.length];
  while (refused - answered > 1 && ask.left() >= RESERVE) {
    const middle = Math.floor((answered + refused) / 2);
    if (await isRefused(DEPTHS[middle] as number)) refused = middle;
    else answered = middle;
  }
  const depth = DEPTHS[answered];
  if (depth === undefined) return;
  // A list ends with an empty page, which has to be within reach.
  const isTooLarge = profile.pageSize !== null && profile.pageSize > depth / 2;
  probe.corrected(name, `pages are answered up to record ${depth} of a list, and refused further on`, {
    ...(isTooLarge && { pageSize: depth / 2 }),
    pagination: { maxOffset: depth },
  });
}
