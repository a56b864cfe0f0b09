import type { Mutant } from '../mutant.ts';

const TESTS = 'test/unit/lambda/forwarder/core/runs';

/** Bugs in when the forwarder works. */
export const RUNS: readonly Mutant[] = [
  {
    name: 'replay-unfinished',
    what: 'A replay does not finish its delivery, so objects are deleted whose records were refused again.',
    file: 'lambda/forwarder/core/runs/replay-lane.ts',
    find: 'await delivery.finish();',
    replace: '',
    caughtBy: [`${TESTS}/replay.test.ts`],
  },
  {
    name: 'unclean-release-shortens-doubt',
    what: 'A run with unconfirmed writes saves a smaller range than its intent.',
    file: 'lambda/forwarder/core/runs/live-run.ts',
    find: 'progress.freshEnd = clean ? nextFreshEnd : Math.max(progress.freshEnd, nextFreshEnd);',
    replace: 'progress.freshEnd = nextFreshEnd;',
    caughtBy: [`${TESTS}/release-in-doubt.test.ts`],
  },
  {
    name: 'unclean-release-shortens-doubt-of-sweep',
    what: 'The same for the range of the sweep.',
    file: 'lambda/forwarder/core/runs/live-run.ts',
    find: 'progress.sweepEnd = clean ? nextSweepEnd : Math.max(progress.sweepEnd, nextSweepEnd);',
    replace: 'progress.sweepEnd = nextSweepEnd;',
    caughtBy: [`${TESTS}/release-in-doubt.test.ts`],
  },
  {
    name: 'lease-without-margin',
    what: 'The lease of a stream ends when its holder is killed: a machine whose clock is ahead takes over too early.',
    file: 'lambda/forwarder/core/runs/stream.ts',
    find: ' / 1000) + LEASE_MARGIN_SECONDS',
    replace: ' / 1000)',
    caughtBy: [`${TESTS}/lease-length.test.ts`],
  },
  {
    name: 'hour-lease-without-margin',
    what: 'The same for the hours of a backfill.',
    file: 'lambda/forwarder/core/runs/backfill.ts',
    find: ' / 1000) + LEASE_MARGIN_SECONDS',
    replace: ' / 1000)',
    caughtBy: [`${TESTS}/lease-length.test.ts`],
  },
  {
    name: 'batch-cap-not-kept',
    what: 'Runs that are too short for one answer post the same batch again and again.',
    file: 'lambda/forwarder/core/runs/live-run.ts',
    find: 'intake: this.progress,',
    replace: '',
    caughtBy: [`${TESTS}/batch-cap.test.ts`],
  },
  {
    name: 'refused-key-not-counted',
    what: 'A stream whose key is refused counts no credential failure.',
    file: 'lambda/forwarder/core/runs/stream.ts',
    find: "run.context.ports.telemetry.count('CredentialFailures')",
    replace: '{}',
    caughtBy: ['test/end-to-end/metrics-of-a-run.test.ts'],
  },
];
