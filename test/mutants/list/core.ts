import type { Mutant } from '../mutant.ts';

const RUNS = 'test/unit/lambda/forwarder/core/runs';
const SLICES = 'test/unit/lambda/forwarder/core/slices';
const DELIVERY = 'test/unit/lambda/forwarder/core/delivery';
const OVERLAPPING_PAGES = 'test/integration/overlapping-pages.test.ts';

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
    what: 'A run with unconfirmed writes saves a smaller range than its intent.',
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
  {
    name: 'unexplained-refusal-without-evidence',
    what: 'A record that is refused with 403 goes to quarantine although Datadog has accepted nothing since.',
    file: 'lambda/forwarder/core/delivery/quarantine.ts',
    find: 'this.#state.evidence.hasAcceptedSince(posts)',
    replace: 'true',
    caughtBy: [`${DELIVERY}/delivery-unexplained.test.ts`],
  },
  {
    name: 'refused-probe-ignored',
    what: 'A probe that is refused counts as accepted, so that a wrong key sends all records to quarantine.',
    file: 'lambda/forwarder/core/delivery/probe.ts',
    find: 'const error = refusal && this.#errorOf(refusal);',
    replace: 'const error = undefined;',
    caughtBy: [`${DELIVERY}/delivery-unexplained.test.ts`],
  },
  {
    name: 'probes-without-pause',
    what: 'A probe is posted for each refused record.',
    file: 'lambda/forwarder/core/delivery/probe.ts',
    find: 'await this.#untilDue();',
    replace: '',
    caughtBy: [`${DELIVERY}/delivery-unexplained.test.ts`],
  },
  {
    name: 'ambiguous-batch-repeated',
    what: 'A batch is posted whole until retries end, however many copies that may bring.',
    file: 'lambda/forwarder/core/delivery/delivery.ts',
    find: 'const MAX_AMBIGUOUS = 2;',
    replace: 'const MAX_AMBIGUOUS = 6;',
    caughtBy: [`${DELIVERY}/delivery-unanswered.test.ts`],
  },
  {
    name: 'unanswered-records-unlimited',
    what: 'An intake that fails on everything sends one record after the other to quarantine.',
    file: 'lambda/forwarder/core/delivery/quarantine.ts',
    find: '++this.#state.unanswered > MAX_UNANSWERED',
    replace: '++this.#state.unanswered > 1000',
    caughtBy: [`${DELIVERY}/delivery-unanswered.test.ts`],
  },
  {
    name: 'batch-cap-not-learned',
    what: 'Every batch of a run is posted whole, although such sizes failed before in this run.',
    file: 'lambda/forwarder/core/delivery/batch-cap.ts',
    find: 'this.#logs = Math.min(before, shown.largest);',
    replace: 'this.#logs = before;',
    caughtBy: [`${DELIVERY}/delivery-unanswered.test.ts`],
  },
  {
    name: 'batch-cap-not-kept',
    what: 'Runs that are too short for one answer post the same batch again and again.',
    file: 'lambda/forwarder/core/runs/live-run.ts',
    find: 'intake: this.progress,',
    replace: '',
    caughtBy: [`${RUNS}/batch-cap.test.ts`],
  },
  {
    name: 'copies-confirmed-in-same-pages',
    what: 'The confirming scan asks for pages of the same size, so what each page repeats of the one before counts as copies.',
    file: 'lambda/forwarder/core/slices/process-slice.ts',
    find: 'await this.#scan(halfPage)',
    replace: 'await this.#scan()',
    caughtBy: [OVERLAPPING_PAGES],
  },
  {
    name: 'incomplete-confirming-scan',
    what: 'A confirming scan that shows less than the first one counts nevertheless, so copies are lost.',
    file: 'lambda/forwarder/core/slices/process-slice.ts',
    find: 'if (!complete || this.#reader.hasShownAll) return complete;',
    replace: 'return complete;',
    caughtBy: [OVERLAPPING_PAGES],
  },
  {
    name: 'cut-list-hidden-by-confirming-scan',
    what: 'Whether a list was cut is judged by the smaller pages of the confirming scan.',
    file: 'lambda/forwarder/core/slices/process-slice.ts',
    find: 'await this.#deliver();\n      await this.#delivery.finish();\n    } catch (error) {\n      const reason',
    replace:
      'list = this.#reader.list;\n      await this.#deliver();\n      await this.#delivery.finish();\n    } catch (error) {\n      const reason',
    caughtBy: [OVERLAPPING_PAGES],
  },
  {
    name: 'doubtful-copy-unmarked',
    what: 'A copy that may be a repeat of the page before is sent without the mark.',
    file: 'lambda/forwarder/core/slices/deduplicator.ts',
    find: `candidate.isDoubtfulCopy ||
        known === 'perhaps' ||
        this.#mayHaveBeenSent(update) ||
        ledger`,
    replace: `known === 'perhaps' ||
        this.#mayHaveBeenSent(update) ||
        ledger`,
    caughtBy: [OVERLAPPING_PAGES],
  },
  {
    name: 'single-boundary-decides',
    what: 'A single boundary that repeats a record proves that pages overlap, so a copy is lost.',
    file: 'lambda/forwarder/core/slices/overlap.ts',
    find: 'boundaries > 1 &&',
    replace: '',
    caughtBy: [`${SLICES}/copy-counter.test.ts`],
  },
  {
    name: 'overlap-without-second-number',
    what: 'Pages that overlap are believed in though another page size shows the same number of records.',
    file: 'lambda/forwarder/core/slices/overlap.ts',
    find: 'first.under(overlap) === second.under(overlap)',
    replace: "overlap !== 'none'",
    caughtBy: [`${SLICES}/copy-counter.test.ts`],
  },
];
