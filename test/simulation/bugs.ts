import { SealedBatch } from '../../lambda/forwarder/core/delivery/batch.ts';
import { DeliveryState } from '../../lambda/forwarder/core/delivery/delivery-state.ts';
import { CopyCounter } from '../../lambda/forwarder/core/slices/copy-counter.ts';
import { sliceRules } from '../../lambda/forwarder/core/slices/planner.ts';
import { LEASE_MARGIN_SECONDS } from '../../lambda/limits.ts';
import { OutOfTime } from '../../lambda/shared/errors.ts';
import {
  auditChunk,
  beforePost,
  endlessRepeats,
  lateNotes,
  misplaced,
  replaced,
  replacedGetter,
  setOfContents,
  setOfVersions,
  withStore,
} from './bug-making.ts';
import { REFUSAL_BUGS } from './refusal-bugs.ts';
import type { Profile } from './scenario.ts';
import type { Bug } from './simulate.ts';

export interface DeliberateBug extends Bug {
  name: string;
  /** The profile that must find it: what the sweep repairs shows in `core` only. */
  profile: Profile;
  /** A seed that finds it, where the first seeds do not: searching is slow. */
  tryFirst?: number;
  /** It must be found within so many seeds. */
  seeds: number;
}

/** Nobody notes how far the sweep may have posted, so what it posts again after a death carries no mark. */
export const SWEEP_WITHOUT_MARKS: Bug = withStore((store) => ({
  async acquire(request) {
    const answer = await store.acquire(request);
    return answer.held ? answer : { ...answer, state: { ...answer.state, sweepEnd: 0, sweepDoubtEnd: 0 } };
  },
}));

/** Bugs that the simulator must find, or it is not worth its time. */
export const DELIBERATE_BUGS: readonly DeliberateBug[] = [
  {
    name: 'the watermark moves before the post',
    profile: 'core',
    seeds: 20,
    ...beforePost(async (store, _, { lease, progress }) => {
      const watermark = Math.max(progress.watermark, progress.freshEnd);
      // Between the last save and the next one, which takes effect as well.
      await store.save(lease, { ...progress, saves: progress.saves + 0.5, watermark });
    }),
  },
  {
    name: 'the ledger is written before the post',
    profile: 'core',
    seeds: 20,
    ...beforePost(async (store, stream, own, logs) => {
      if (stream !== 'audit-logs') return;
      await Promise.all(logs.map((log) => store.appendLedger(stream, auditChunk(own, log), 9_999_999_999)));
    }),
  },
  {
    name: 'the ledger is written when it is read again or progress is saved, not after each post',
    profile: 'core',
    // Found by what one run may leave in doubt, and by nothing else in so few.
    seeds: 50,
    ...lateNotes(),
  },
  {
    name: 'the ledger lives for an hour only',
    profile: 'full',
    seeds: 20,
    ...withStore((store, { clock }) => ({
      appendLedger: (stream, chunk) => store.appendLedger(stream, chunk, clock.wall() / 1000 + 3600),
    })),
  },
  {
    name: 'no ledger',
    profile: 'full',
    seeds: 20,
    ...withStore(() => ({ appendLedger: async () => undefined })),
  },
  {
    name: 'a ledger that keeps every version of an alert instead of the last',
    profile: 'full',
    tryFirst: 471,
    seeds: 500,
    ...setOfVersions(),
  },
  {
    name: 'a set of contents instead of counted copies',
    profile: 'full',
    seeds: 200,
    ...replaced(CopyCounter.prototype, {
      see: setOfContents(),
      confirmed: () => [],
    }),
  },
  {
    name: 'copies counted within a page only',
    profile: 'full',
    seeds: 300,
    ...replaced(CopyCounter.prototype, { confirmed: () => [] }),
  },
  {
    name: 'no settle time',
    profile: 'core',
    seeds: 20,
    settings: { settleSeconds: 0 },
  },
  {
    name: 'no lease',
    profile: 'full',
    seeds: 50,
    ports: (ports, { table, checker, invocations }) => ({
      ...ports,
      store: {
        ...ports.store,
        async acquire(request) {
          const answer = await ports.store.acquire(request);
          const state = answer.held ? table.read(request.stream) : undefined;
          const invocation = invocations.at(-1);
          if (!state || !invocation) return answer;
          const { stream, owner, leaseUntil } = request;
          const lease = {
            stream,
            owner: state.owner || owner,
            fence: state.fence,
            ledgerFence: 6_000_000_000 + state.fence,
            until: leaseUntil,
          };
          checker.leaseTaken(invocation, lease, state);
          return { held: false, lease, state, firstRun: false };
        },
      },
    }),
  },
  { name: 'no look-back', profile: 'full', seeds: 100, settings: { lookbackSeconds: 0 } },
  {
    name: 'the final watermark moves without a completed slice at it',
    profile: 'full',
    seeds: 300,
    ...replaced(sliceRules, {
      nextFinal: (final, slice, scanStart, lookback) =>
        Math.max(final, Math.min(slice.to + 600, scanStart - lookback)),
    }),
  },
  {
    name: 'a fixed rescan of the last hours instead of a final watermark',
    profile: 'full',
    seeds: 300,
    ports: (ports, { scenario }) => ({
      ...ports,
      store: {
        ...ports.store,
        async acquire(request) {
          const answer = await ports.store.acquire(request);
          if (answer.held) return answer;
          const { state } = answer;
          const oldest = Math.min(state.watermark, request.now - scenario.settings.lookbackSeconds);
          const finalWatermark = Math.max(state.finalWatermark, oldest);
          const sweepPosition = Math.max(state.sweepPosition, finalWatermark);
          return { ...answer, state: { ...state, finalWatermark, sweepPosition } };
        },
      },
    }),
  },
  {
    name: 'a killed run is taken for a clean one',
    profile: 'full',
    seeds: 400,
    ...withStore((store) => ({
      async acquire(request) {
        const answer = await store.acquire(request);
        return answer.held ? answer : { ...answer, state: { ...answer.state, clean: true } };
      },
    })),
  },
  {
    name: 'the offset advances by one record too many',
    profile: 'core',
    seeds: 50,
    ...misplaced('offset', (offset, pageSize) => offset + Math.floor(offset / pageSize)),
  },
  {
    name: 'every second page is left out',
    profile: 'core',
    seeds: 50,
    ...misplaced('page', (page) => 2 * page - 1),
  },
  {
    name: 'a post that ends with the deadline exceeded leaves no unconfirmed write',
    profile: 'core',
    tryFirst: 1044,
    seeds: 1100,
    ports: (ports) => ({
      ...ports,
      sink: {
        async post(body, options) {
          const answer = await ports.sink.post(body, options);
          if (answer.outcome === 'deadline-exceeded') throw new OutOfTime('posting to Datadog');
          return answer;
        },
      },
    }),
  },
  {
    name: 'the halves of a batch forget that an earlier attempt at it may have been accepted',
    profile: 'full',
    seeds: 20,
    ...replaced(SealedBatch.prototype, {
      asPossibleDuplicates(this: SealedBatch) {
        return this;
      },
    }),
  },
  {
    name: 'a refused record that may have been accepted before does not count as an unconfirmed write',
    profile: 'full',
    tryFirst: 73,
    seeds: 150,
    ...replacedGetter(DeliveryState.prototype, 'isFullyAcknowledged', function () {
      return !this.hasUnconfirmedWrites;
    }),
  },
  {
    name: 'a batch without a clear answer is posted again as long as retries allow',
    profile: 'full',
    seeds: 20,
    ...endlessRepeats(),
  },
  {
    name: 'a run that leaves unconfirmed writes saves a shorter intent than it had',
    profile: 'core',
    tryFirst: 87,
    seeds: 150,
    ports: (ports, { scenario }) => ({
      ...ports,
      store: {
        ...ports.store,
        release(lease, progress, clean) {
          const next = progress.watermark + progress.slice * scenario.settings.parallelSlices;
          return ports.store.release(lease, clean ? progress : { ...progress, freshEnd: next }, clean);
        },
      },
    }),
  },
  {
    name: 'a lease that ends when its holder is killed, without a margin',
    profile: 'full',
    // Rare: a run has to be at work when its lease ends. A mutant plants the same bug for the unit tests.
    tryFirst: 3872,
    seeds: 4000,
    ...withStore((store) => ({
      acquire: (request) =>
        store.acquire({ ...request, leaseUntil: request.leaseUntil - LEASE_MARGIN_SECONDS }),
    })),
  },
  ...REFUSAL_BUGS,
];
