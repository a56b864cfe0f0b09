import type { Mutant } from '../mutant.ts';

const RUNS = 'test/unit/lambda/forwarder/core/runs';
const SLICES = 'test/unit/lambda/forwarder/core/slices';
const DELIVERY = 'test/unit/lambda/forwarder/core/delivery';

/** Bugs in what decides, reads, deduplicates, sends and remembers. */
export const CORE: readonly Mutant[] = [
  {
    name: 'replay-unfinished',
    what: 'A replay does not finish its delivery, so objects are deleted whose records were refused again.',
    file: 'lambda/forwarder/core/runs/replay.ts',
    find: 'await delivery.finish();',
    replace: '',
    caughtBy: [`${RUNS}/replay.test.ts`],
  },
  {
    name: 'record-without-slice-unmarked',
    what: 'A record without a slice that a failed slice of this run has posted is sent again without the mark.',
    file: 'lambda/forwarder/core/slices/deduplicator.ts',
    find: '!deliveryState.isFullyAcknowledged',
    replace: 'false',
    caughtBy: [`${SLICES}/records-without-slice-marks.test.ts`],
  },
  {
    name: 'unclean-release-shortens-doubt',
    what: 'A run that leaves something unconfirmed notes less than it had announced.',
    file: 'lambda/forwarder/core/runs/live-run.ts',
    find: 'progress.freshEnd = clean ? nextFreshEnd : Math.max(progress.freshEnd, nextFreshEnd);',
    replace: 'progress.freshEnd = nextFreshEnd;',
    caughtBy: [`${RUNS}/release-in-doubt.test.ts`],
  },
  {
    name: 'unclean-release-shortens-doubt-of-sweep',
    what: 'The same for the range of the sweep.',
    file: 'lambda/forwarder/core/runs/live-run.ts',
    find: 'progress.sweepEnd = clean ? nextSweepEnd : Math.max(progress.sweepEnd, nextSweepEnd);',
    replace: 'progress.sweepEnd = nextSweepEnd;',
    caughtBy: [`${RUNS}/release-in-doubt.test.ts`],
  },
  {
    name: 'lease-without-margin',
    what: 'The lease of a stream ends when its holder is killed: a machine whose clock is ahead takes over too early.',
    file: 'lambda/forwarder/core/runs/stream.ts',
    find: ' / 1000) + LEASE_MARGIN_SECONDS',
    replace: ' / 1000)',
    caughtBy: [`${RUNS}/lease-length.test.ts`],
  },
  {
    name: 'hour-lease-without-margin',
    what: 'The same for the hours of a backfill.',
    file: 'lambda/forwarder/core/runs/backfill.ts',
    find: ' / 1000) + LEASE_MARGIN_SECONDS',
    replace: ' / 1000)',
    caughtBy: [`${RUNS}/lease-length.test.ts`],
  },
  {
    name: 'doubt-dropped-on-split',
    what: 'The halves of a refused batch forget that an earlier attempt at the whole may have been accepted.',
    file: 'lambda/forwarder/core/delivery/delivery.ts',
    find: 'attempts.unconfirmed ? batch.asPossibleDuplicates() : batch',
    replace: 'batch',
    caughtBy: [`${DELIVERY}/delivery-refused.test.ts`],
  },
  {
    name: 'refused-but-doubtful-not-counted',
    what: 'A refused record that Datadog may hold from an earlier attempt does not make the run unclean.',
    file: 'lambda/forwarder/core/delivery/quarantine.ts',
    find: 'this.#state.unconfirmedRejections++',
    replace: 'this.#state.unconfirmedRejections += 0',
    caughtBy: [`${DELIVERY}/delivery-refused.test.ts`],
  },
  {
    name: 'deadline-exceeded-without-doubt',
    what: 'A post that our own deadline cut off leaves nothing in doubt.',
    file: 'lambda/forwarder/core/delivery/poster.ts',
    find: `case 'deadline-exceeded':
          attempts.unconfirmed = true;`,
    replace: `case 'deadline-exceeded':`,
    caughtBy: [`${DELIVERY}/delivery.test.ts`],
  },
];
