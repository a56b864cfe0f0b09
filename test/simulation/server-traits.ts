import type { Random } from './random.ts';
import type { Fault } from './scenario.ts';

/** The ways of paging that worlds are drawn from. Another order or number of them would change what every seed draws. */
export const PAGINATION_STYLES = ['cursor', 'offset', 'page', 'link', 'none'] as const;

export const RECORD_ORDERS = ['ascending', 'descending', 'shuffled', 'changing'] as const;

export interface ServerTraits {
  style: (typeof PAGINATION_STYLES)[number];
  order: (typeof RECORD_ORDERS)[number];
  /** What a cursor or a link remembers. */
  cursor: 'position' | 'key' | 'snapshot';
  lowerBoundCounts: boolean;
  upperBoundCounts: boolean;
  timeUnit: 's' | 'ms' | 'iso';
  pageSize: number;
  /** Seconds by which the server's clock is ahead of the true time. */
  offset: number;
  tellsDate: boolean;
  takesUpperBound: boolean;
  filters: boolean;
  embedsTypes: boolean;
  emptyPages: boolean;
  volatileField: boolean;
  /** Each page begins with the last record of the page before. */
  overlaps: boolean;
  /** Of more dated records the rest is left out, and nothing says so. */
  longestList: number;
  /** Records of a range beyond which a page is too large to be taken. */
  tooLargeFrom: number;
}

/**
 * Draws what a server is like.
 * @param tellsDate whether its answers have a `Date`
 */
export function drawServerTraits(
  random: Random,
  faults: ReadonlySet<Fault>,
  tellsDate: boolean,
): ServerTraits {
  const style = random.pick(PAGINATION_STYLES);
  const order = random.pick(RECORD_ORDERS);
  return {
    style,
    order,
    // A key has a place in a fixed order only.
    cursor: random.pick(order === 'changing' ? ['position', 'snapshot'] : ['position', 'key', 'snapshot']),
    lowerBoundCounts: random.chance(0.5),
    upperBoundCounts: random.chance(0.5),
    timeUnit: random.pick(['s', 's', 'ms', 'iso']),
    pageSize: style === 'none' ? 10_000 : random.pick([5, 8, 20, 100]),
    offset: faults.has('server clock offset') ? random.between(-200, 200) : 0,
    tellsDate,
    takesUpperBound: random.chance(0.9),
    // Where a shorter range changes nothing, no page can be made smaller.
    filters: faults.has('pages too large') || random.chance(0.95),
    embedsTypes: random.chance(0.5),
    emptyPages: random.chance(0.2),
    volatileField: random.chance(0.3),
    overlaps: false,
    longestList: Number.POSITIVE_INFINITY,
    tooLargeFrom: faults.has('pages too large') ? random.pick([20, 60]) : Number.POSITIVE_INFINITY,
  };
}
