import { STREAMS } from '../../lambda/contract.ts';
import { hasTypicalCap } from '../../lambda/forwarder/core/slices/completeness.ts';
import type { Random } from './random.ts';
import { messageOf } from './record-changes.ts';
import type { Scenario } from './scenario.ts';
import type { ServerTraits } from './server-traits.ts';
import { FOREVER, isShown, type Truth } from './truth.ts';

/** How the lists of a source may differ from what requests mean. Drawn apart, as `dislikes.ts`. */
export const LIST_FAULTS = ['another time filtered', 'overlapping pages', 'lists cut'] as const;
export type ListFault = (typeof LIST_FAULTS)[number];

export const drawListFaults = (random: Random): ListFault[] => LIST_FAULTS.filter(() => random.chance(0.08));

/** The longest time between a record and what the source files it under, in seconds. */
const LONGEST_DELAY_SECONDS = 5400;

/** The server of a scenario with what its faults need. */
export function deviatingServer({ server, faults }: Scenario, random: Random): ServerTraits {
  const deviating = { ...server };
  if (faults.has('overlapping pages')) {
    // The cursor names a record, and the next page begins with it.
    const style = server.style === 'link' ? 'link' : 'cursor';
    const order = server.order === 'changing' ? 'ascending' : server.order;
    Object.assign(deviating, {
      style,
      order,
      cursor: 'key',
      overlaps: true,
      // The cursor of an empty page would lead back.
      emptyPages: false,
      pageSize: random.pick([5, 8, 20]),
    });
  }
  // A second with as many records as the longest list rightly stops its stream.
  if (faults.has('lists cut') && !faults.has('identical records')) {
    // A short last page without a cursor would state the end of the list, so a list of several pages is cut between two.
    const isPaged = faults.has('overlapping pages') === false && !faults.has('undated records');
    const style = isPaged ? random.pick(['none', 'cursor', 'link']) : 'none';
    Object.assign(deviating, {
      style,
      overlaps: false,
      emptyPages: false,
      pageSize: style === 'none' ? 10_000 : 5,
      longestList: random.pick([10, 20]),
      takesUpperBound: true,
      filters: true,
    });
  }
  if (faults.has('another time filtered')) Object.assign(deviating, { filters: true });
  return deviating;
}

/** Files some records under a later time than their own, such as that of an update; they appear so much later, too. */
export function fileUnderAnotherTime({ truths, faults, faultsEnd, server }: Scenario, random: Random): void {
  if (!faults.has('another time filtered')) return;
  const last = Math.floor(faultsEnd / 1000) + server.offset;
  const delays = new Map<string, number>();
  for (const truth of truths) {
    const { time, versions } = truth;
    if (time === undefined || time > last) continue;
    // Identical records are filed alike, in whatever form they appear.
    const message = messageOf(versions[0].record);
    const drawn = delays.get(message) ?? (random.chance(0.3) ? random.between(60, LONGEST_DELAY_SECONDS) : 0);
    delays.set(message, drawn);
    const delay = Math.min(drawn, last - time);
    const later = (moment: number) => (moment === FOREVER ? FOREVER : moment + delay * 1000);
    truth.filedAt = time + delay;
    truth.shown = truth.shown.map(({ from, to }) => ({ from: later(from), to: later(to) }));
    for (const version of versions) version.from = later(version.from);
  }
}

/**
 * A source that ignores ranges, and shows just so many records that services cut lists there, stops its stream by design. This leaves one
 * record out, so that it does not stop for ever.
 */
export function withoutTypicalSize(
  truths: readonly Truth[],
  { filters, overlaps, pageSize }: ServerTraits,
): Truth[] {
  if (filters) return [...truths];
  // Each page but the first repeats one record.
  const repeats = (records: number) =>
    overlaps ? Math.ceil(Math.max(0, records - pageSize) / (pageSize - 1)) : 0;
  const leftOut = new Set(
    STREAMS.map((stream) =>
      truths.filter((truth) => truth.stream === stream && isShown(truth, FOREVER - 1)),
    ).flatMap((kept) => (hasTypicalCap(kept.length + repeats(kept.length)) ? kept.slice(-1) : [])),
  );
  return truths.filter((truth) => !leftOut.has(truth));
}
