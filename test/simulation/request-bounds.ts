import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { Violation } from './gateway.ts';
import type { ListRequest } from './list-requests.ts';

const log2 = ({ from, to }: Range): number => Math.ceil(Math.log2(Math.max(2, to - from)));

/** Requests in addition to two for each halving. */
const SPARE_REQUESTS = 16;

/**
 * A run may ask for a range once to catch up, once to sweep, each time in slices, and once more to distinguish copies
 * from echoes.
 */
const READINGS = 3;

/**
 * P5: how many lists one run asks for, as docs/architecture.md states it.
 * @param lists of one stream
 * @param holes that the run began with
 */
export function checkRequests(
  lists: readonly ListRequest[],
  { parallelSlices, holes }: { parallelSlices: number; holes: readonly Range[] },
): void {
  const ofHoles = holes.reduce((sum, hole) => sum + 4 * log2(hole) + 4, 0);
  checkOutage(lists, parallelSlices, ofHoles);
  // Lists that fill a hole are bounded by a part of the run's time.
  const isOfHole = ({ isPart, range }: ListRequest) =>
    isPart && holes.some(({ from, to }) => range.from >= from && range.to <= to);
  for (const division of divisionsOf(lists.filter((list) => !isOfHole(list)))) checkDivision(division);
  for (const [index, list] of lists.entries()) checkProof(list, lists.slice(index + 1), ofHoles);
}

/** From a source that answers for nothing, a run requests the first slices, what has not settled, the newest second and the newest minute. */
function checkOutage(lists: readonly ListRequest[], parallelSlices: number, ofHoles: number): void {
  const most = parallelSlices + 3 + ofHoles;
  // A list that the run left after some pages, because the slice was full, was answered as far as it was asked for.
  const isAnswered = ({ outcome, records }: ListRequest) => outcome === 'answered' || records > 0;
  if (lists.some(isAnswered) || lists.length <= most) return;
  throw new Violation('P5', `A source that answers for nothing was asked for ${lists.length} lists.`, lists);
}

/** Parts of refused ranges, without the lists that prove the answered ones. */
function divisionsOf(lists: readonly ListRequest[]): ListRequest[][] {
  const divisions: ListRequest[][] = [];
  let division: ListRequest[] | undefined;
  for (const list of lists) {
    if (!list.isPart) {
      division = undefined;
      continue;
    }
    if (!division) {
      division = [];
      divisions.push(division);
    }
    if (!division.some((earlier) => earlier.outcome === 'answered' && isWithin(list, earlier))) {
      division.push(list);
    }
  }
  return divisions;
}

function checkDivision(division: readonly ListRequest[]): void {
  const from = Math.min(...division.map(({ range }) => range.from));
  const to = Math.max(...division.map(({ range }) => range.to));
  const most = 2 * log2({ from, to }) + SPARE_REQUESTS;
  if (division.length <= most) return;
  throw new Violation(
    'P5',
    `A refused range was divided by ${division.length} requests; ${most} are allowed.`,
    division,
  );
}

/** Lists within the range of a list that was read completely. */
function checkProof(list: ListRequest, later: readonly ListRequest[], ofHoles: number): void {
  if (list.outcome !== 'answered' || list.range.to - list.range.from < 2) return;
  const within = later.filter((each) => isWithin(each, list));
  const records = Math.max(list.records, ...within.map((each) => each.records));
  const most = READINGS * (2 * (records + 1) * log2(list.range) + SPARE_REQUESTS) + ofHoles;
  if (within.length <= most) return;
  throw new Violation(
    'P5',
    `${within.length} lists were asked for within a range that had been read; ${most} are allowed.`,
    list,
  );
}

const isWithin = ({ range }: ListRequest, outer: ListRequest): boolean =>
  range.from >= outer.range.from && range.to <= outer.range.to;
