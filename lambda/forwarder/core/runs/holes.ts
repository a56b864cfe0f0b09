import { HOLE_CONFIRMATION_SECONDS, MAX_HOLES } from '../../../limits.ts';
import type { Range } from '../ports.ts';
import type { Hole, HoleStatus } from '../state-ports.ts';

/** Holes as values: lists in the order of time, without overlap. All times are epoch seconds. */

/** A range that the source refuses although it answers others. */
export interface Refusal extends Range {
  status: HoleStatus;
}

/** Whether a hole was refused for long enough to be reported: a single refusal may be an accident. */
export const isConfirmed = ({ since, refusedAt }: Hole): boolean =>
  refusedAt - since >= HOLE_CONFIRMATION_SECONDS;

/** A hole as results and tools show it. */
export type ReportedHole = Omit<Hole, 'refusedAt'>;

export const reportedHoles = (holes: readonly Hole[]): ReportedHole[] =>
  holes.filter(isConfirmed).map(({ refusedAt: _, ...hole }) => hole);

/** The first of several ranges, sorted by time, that ends after a moment. */
export const firstHoleAfter = <T extends Range>(holes: readonly T[], time: number): T | undefined =>
  holes.find(({ to }) => to > time);

/** The end of the last hole whose records may have been posted without a ledger entry; 0 when there is none. */
export const doubtfulHolesEnd = (holes: readonly Hole[]): number =>
  holes.findLast(({ doubt }) => doubt)?.to ?? 0;

/** The holes without what the source has answered for. */
export const withoutRange = (holes: readonly Hole[], answered: Range): Hole[] =>
  holes.flatMap((hole) =>
    [
      { ...hole, to: Math.min(hole.to, answered.from) },
      { ...hole, from: Math.max(hole.from, answered.to) },
    ].filter(({ from, to }) => from < to),
  );

/**
 * The holes with a range that was refused now. What was refused before keeps the time of its first refusal.
 * @param doubt whether records of the range may have been posted without a ledger entry
 */
export function withRefusal(
  holes: readonly Hole[],
  { from, to, status }: Refusal,
  now: number,
  doubt: boolean,
): Hole[] {
  const touched = holes.filter((hole) => hole.from < to && hole.to > from);
  const added: Hole = {
    from,
    to,
    status,
    since: Math.min(now, ...touched.map(({ since }) => since)),
    refusedAt: now,
    doubt: doubt || touched.some((hole) => hole.doubt),
  };
  const sorted = [...withoutRange(holes, added), added].sort((one, other) => one.from - other.from);
  return atMost(MAX_HOLES, joined(sorted));
}

/** Holes that touch each other and have the same status become one. */
function joined(holes: readonly Hole[]): Hole[] {
  const result: Hole[] = [];
  for (const hole of holes) {
    const last = result.at(-1);
    if (last && last.to === hole.from && last.status === hole.status)
      result.splice(-1, 1, merged(last, hole));
    else result.push(hole);
  }
  return result;
}

/** The hole from the start of one to the end of the other. */
const merged = (first: Hole, second: Hole): Hole => ({
  from: first.from,
  to: second.to,
  status: first.since <= second.since ? first.status : second.status,
  since: Math.min(first.since, second.since),
  refusedAt: Math.max(first.refusedAt, second.refusedAt),
  doubt: first.doubt || second.doubt,
});

/** As many holes as the state has room for: the two nearest ones become one, together with the gap between them. */
function atMost(count: number, holes: Hole[]): Hole[] {
  while (holes.length > count) {
    const gaps = holes.slice(1).map((hole, index) => hole.from - (holes[index] as Hole).to);
    const at = gaps.indexOf(Math.min(...gaps));
    const [first, second] = holes.slice(at, at + 2) as [Hole, Hole];
    // Records of the gap may have been forwarded by anyone, also by a backfill.
    holes.splice(at, 2, { ...merged(first, second), doubt: true });
  }
  return holes;
}
