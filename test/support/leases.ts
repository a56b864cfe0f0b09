import type {
  Lease,
  LeaseAnswer,
  LeaseRequest,
  Progress,
  StreamState,
} from '../../lambda/forwarder/core/state-ports.ts';

const NOW = 1_767_000_000;
const START = NOW - 43_200;

/** A request for the lease of `alerts`, at {@link NOW} for 260 seconds by default. */
export const leaseRequest = (change: Partial<LeaseRequest> = {}): LeaseRequest => {
  const now = change.now ?? NOW;
  return {
    stream: 'alerts',
    owner: 'run-1',
    now,
    leaseUntil: now + 260,
    start: START,
    slice: 3600,
    ...change,
  };
};

/** What a taken lease came with. Fails the test when the lease is held. */
export function taken(answer: LeaseAnswer): { lease: Lease; state: StreamState; firstRun: boolean } {
  if (answer.held) throw new Error(`The lease is held until ${answer.until}.`);
  return answer;
}

/** What a run saves next: the part of a state that it saves, with some of it changed. */
export function progressOf(state: StreamState, change: Partial<Progress> = {}): Progress {
  const { initialUntil, fence, owner, leaseUntil, lastRunAt, clean, ...progress } = state;
  return { ...progress, saves: progress.saves + 1, ...change };
}
