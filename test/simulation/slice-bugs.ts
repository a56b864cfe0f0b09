import { Deduplicator } from '../../lambda/forwarder/core/slices/deduplicator.ts';
import { RecordsWithoutSlice } from '../../lambda/forwarder/core/slices/records-without-slice.ts';
import { replaced } from './bug-making.ts';
import type { DeliberateBug } from './bugs.ts';

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
];
