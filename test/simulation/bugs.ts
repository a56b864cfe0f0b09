import { SealedBatch } from '../../lambda/forwarder/core/delivery/batch.ts';
import { DeliveryState } from '../../lambda/forwarder/core/delivery/delivery-state.ts';
import { CopyCounter } from '../../lambda/forwarder/core/slices/copy-counter.ts';
import { sliceRules } from '../../lambda/forwarder/core/slices/planner.ts';
import { LEASE_MARGIN_SECONDS } from '../../lambda/limits.ts';
import { OutOfTime } from '../../lambda/shared/errors.ts';
import { ACTION_BUGS } from './action-bugs.ts';
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
import type { Conditions } from './conditions.ts';
import { REFUSAL_BUGS } from './refusal-bugs.ts';
import type { Profile } from './scenario.ts';
import type { Bug } from './simulate.ts';
import { SLICE_BUGS } from './slice-bugs.ts';

export interface DeliberateBug extends Bug {
  name: string;
  /** The profile that must find it: what the sweep repairs shows in `core` only. */
  profile: Profile;
  /** What it needs in order to show itself, where less than about half of all seeds find it. */
  conditions?: Conditions;
}

/** Lists of several pages, found by numbers. */
const IN_SMALL_PAGES = { style: 'offset', pageSize: 5, filters: true } as const;

/** A first run with much to do. */
const FOUR_HOURS = { initialLookbackSeconds: 14_400 } as const;

/** No run notes how far the sweep may have posted, so its repeats after a kill carry no mark. */
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
    ...beforePost(async (store, _, { lease, progress }) => {
      const watermark = Math.max(progress.watermark, progress.freshEnd);
      // Between the last save and the next one, which takes effect as well.
      await store.save(lease, { ...progress, saves: progress.saves + 0.5, watermark });
    }),
  },
  {
    name: 'the ledger is written before the post',
    profile: 'core',
    ...beforePost(async (store, stream, own, logs) => {
      if (stream !== 'audit-logs') return;
      await Promise.all(logs.map((log) => store.appendLedger(stream, auditChunk(own, log), 9_999_999_999)));
    }),
  },
  {
    name: 'the ledger is written when it is read again or progress is saved, not after each post',
    profile: 'core',
    conditions: { faults: ['crashes'], faultRate: 0.05, maxBatchLogs: 1, density: 50, settings: FOUR_HOURS },
    ...lateNotes(),
  },
  {
    name: 'records that the settings leave out are sent',
    profile: 'core',
    settings: { isExcluded: undefined },
  },
  {
    name: 'the ledger lives for an hour only',
    profile: 'full',
    ...withStore((store, { clock }) => ({
      appendLedger: (stream, chunk) => store.appendLedger(stream, chunk, clock.wall() / 1000 + 3600),
    })),
  },
  {
    name: 'no ledger',
    profile: 'full',
    ...withStore(() => ({ appendLedger: async () => undefined })),
  },
  {
    name: 'a ledger that keeps every version of an alert instead of the last',
    profile: 'full',
    conditions: {
      faults: ['alert edits', 'store slow'],
      interval: 300_000,
      density: 50,
      settings: { alertUpdates: true, keepsLowSeverity: true, lookbackSeconds: 10_800 },
    },
    ...setOfVersions(),
  },
  {
    name: 'a set of contents instead of counted copies',
    profile: 'full',
    conditions: { faults: ['identical records'], server: IN_SMALL_PAGES },
    ...replaced(CopyCounter.prototype, {
      see: setOfContents(),
      confirmed: () => [],
    }),
  },
  {
    name: 'copies counted within a page only',
    profile: 'full',
    conditions: { faults: ['identical records'], server: IN_SMALL_PAGES },
    ...replaced(CopyCounter.prototype, { confirmed: () => [] }),
  },
  {
    name: 'no settle time',
    profile: 'core',
    settings: { settleSeconds: 0 },
  },
  {
    name: 'no lease',
    profile: 'full',
    conditions: { faults: ['overlapping runs', 'sink slow'], faultRate: 0.5 },
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
  { name: 'no look-back', profile: 'full', settings: { lookbackSeconds: 0 } },
  {
    name: 'the final watermark moves without a completed slice at it',
    profile: 'full',
    ...replaced(sliceRules, {
      nextFinal: (final, slice, scanStart, lookback) =>
        Math.max(final, Math.min(slice.to + 600, scanStart - lookback)),
    }),
  },
  {
    name: 'a fixed rescan of the last hours instead of a final watermark',
    profile: 'full',
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
    conditions: { faults: ['crashes'], faultRate: 0.15 },
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
    conditions: { faults: [], density: 50, server: IN_SMALL_PAGES },
    ...misplaced('offset', (offset, pageSize) => offset + Math.floor(offset / pageSize)),
  },
  {
    name: 'every second page is left out',
    profile: 'core',
    conditions: { faults: [], density: 50, server: { ...IN_SMALL_PAGES, style: 'page' } },
    ...misplaced('page', (page) => 2 * page - 1),
  },
  {
    name: 'a post that ends with the deadline exceeded leaves no unconfirmed write',
    profile: 'core',
    conditions: { faults: ['sink slow'], faultRate: 0.5, lambdaTimeoutMs: 60_000, maxBatchLogs: 3 },
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
    conditions: { faults: ['disliked records'] },
    ...replaced(SealedBatch.prototype, {
      asPossibleDuplicates(this: SealedBatch) {
        return this;
      },
    }),
  },
  {
    name: 'a refused record that may have been accepted before does not count as an unconfirmed write',
    profile: 'full',
    conditions: {
      faults: ['disliked records', 'quarantine errors'],
      faultRate: 0.15,
      density: 20,
      maxBatchLogs: 3,
    },
    ...replacedGetter(DeliveryState.prototype, 'isFullyAcknowledged', function () {
      return !this.hasUnconfirmedWrites;
    }),
  },
  {
    name: 'a batch without a clear answer is posted again as long as retries allow',
    profile: 'full',
    conditions: { faults: ['large posts fail'], density: 20 },
    ...endlessRepeats(),
  },
  {
    name: 'a run that leaves unconfirmed writes saves a shorter intent than it had',
    profile: 'core',
    conditions: {
      faults: ['store throttling', 'pauses'],
      faultRate: 0.05,
      maxSliceRecords: 2,
      maxBatchLogs: 1,
      density: 50,
      settings: { ...FOUR_HOURS, parallelSlices: 4 },
    },
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
    conditions: {
      faults: ['skewed machines', 'store slow'],
      faultRate: 0.05,
      machines: { takeOverShare: 1, skews: 'opposite' },
      lambdaTimeoutMs: 60_000,
      interval: 1_800_000,
      maxBatchLogs: 1,
      density: 300,
      server: { takesUpperBound: true, filters: true },
      settings: { ...FOUR_HOURS, parallelSlices: 1 },
    },
    ...withStore((store) => ({
      acquire: (request) =>
        store.acquire({ ...request, leaseUntil: request.leaseUntil - LEASE_MARGIN_SECONDS }),
    })),
  },
  ...REFUSAL_BUGS,
  ...ACTION_BUGS,
  ...SLICE_BUGS,
];
