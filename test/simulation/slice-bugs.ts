import { LookBackKeys } from '../../lambda/forwarder/core/ledger/look-back-keys.ts';
import { noListKnowledge } from '../../lambda/forwarder/core/slices/completeness.ts';
import { Deduplicator } from '../../lambda/forwarder/core/slices/deduplicator.ts';
import { Newcomers } from '../../lambda/forwarder/core/slices/newcomers.ts';
import { Tally } from '../../lambda/forwarder/core/slices/overlap.ts';
import { RecordsWithoutSlice } from '../../lambda/forwarder/core/slices/records-without-slice.ts';
import { replaced, replacedGetter } from './bug-making.ts';
import type { DeliberateBug } from './bugs.ts';
import type { Bug } from './simulate.ts';

/** A record without a usable time is never marked. */
function unmarkedWithoutSlice() {
  const { decide } = Deduplicator.prototype;
  return replaced(Deduplicator.prototype, {
    decide(this: Deduplicator, candidate, now) {
      const decision = decide.call(this, candidate, now);
      return decision && candidate.time === undefined ? { ...decision, possibleDuplicate: false } : decision;
    },
  });
}

/** Lists with knowledge that never notices records outside the range. */
const withoutOutsiders: Pick<Bug, 'ports'> = {
  ports: (ports) => {
    const blind = () =>
      Object.defineProperty(noListKnowledge(), 'showsOutsiders', { get: () => false, set: () => undefined });
    return { ...ports, lists: { alerts: blind(), 'audit-logs': blind() } };
  },
};

/** Every list counts as complete, whether its end was stated or not. */
const withoutProofs: Pick<Bug, 'ports'> = {
  ports: ({ source, ...ports }) => ({
    ...ports,
    source: {
      ...source,
      pages: (stream, range, options) =>
        source.pages(stream, range, { ...options, onEnd: () => options.onEnd?.('stated') }),
    },
  }),
};

/** Bugs about records that lie outside the slice that shows them. */
export const SLICE_BUGS: readonly DeliberateBug[] = [
  {
    name: 'a record without a slice is sent without the mark after its slice has failed',
    profile: 'full',
    conditions: {
      faults: ['undated records', 'store throttling'],
      faultRate: 0.15,
      density: 50,
      settings: { parallelSlices: 4, initialLookbackSeconds: 14_400 },
    },
    ...unmarkedWithoutSlice(),
  },
  {
    name: 'records outside the range are left out',
    profile: 'full',
    conditions: {
      faults: ['another time filtered'],
      density: 50,
      settings: { initialLookbackSeconds: 14_400 },
    },
    ...withoutOutsiders,
  },
  {
    name: 'a list that was cut counts as complete',
    profile: 'full',
    conditions: { faults: ['lists cut'], density: 100, settings: { initialLookbackSeconds: 14_400 } },
    ...withoutProofs,
  },
  {
    name: 'what a page repeats of the page before counts as a copy',
    profile: 'full',
    conditions: {
      faults: ['overlapping pages', 'identical records'],
      density: 50,
      server: { filters: true, takesUpperBound: true, pageSize: 5 },
      settings: { initialLookbackSeconds: 14_400 },
    },
    ...replaced(Tally.prototype, {
      under(this: Tally) {
        return this.shown;
      },
    }),
  },
  {
    name: 'a record outside the range is sent again by a slice that does not know what others have sent',
    profile: 'full',
    conditions: {
      faults: [],
      density: 50,
      server: { filters: false, takesUpperBound: true },
      settings: { parallelSlices: 2, initialLookbackSeconds: 14_400 },
    },
    ...replaced(RecordsWithoutSlice.prototype, { unload: () => undefined }),
  },
  {
    name: 'what is sent again because its form has changed has no mark',
    profile: 'full',
    conditions: {
      faults: ['changing shapes'],
      density: 50,
      server: { filters: true, takesUpperBound: true },
      settings: { initialLookbackSeconds: 14_400 },
    },
    ...replacedGetter(Newcomers.prototype, 'areSuspicious', () => false),
  },
  {
    name: 'an alert that is dated anew counts as another one',
    profile: 'full',
    conditions: {
      faults: ['moved alert times'],
      interval: 300_000,
      density: 50,
      settings: { alertUpdates: false, lookbackSeconds: 10_800 },
    },
    ...replaced(LookBackKeys.prototype, { lookUp: () => 'absent' }),
  },
];
