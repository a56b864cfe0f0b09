import type { Mutant } from '../mutant.ts';

const TESTS = 'test/unit/lambda/forwarder/core/slices';
const OVERLAPPING_PAGES = 'test/integration/overlapping-pages.test.ts';

/** Bugs in what reads and deduplicates. */
export const SLICES: readonly Mutant[] = [
  {
    name: 'batches-not-kept',
    what: 'Each run allocates its batches anew, and V8 collects the whole heap once a run.',
    file: 'lambda/forwarder/core/slices/process-slice.ts',
    find: 'batches.use(',
    replace: 'new Pool(() => new Batch()).use(',
    caughtBy: [`${TESTS}/batches.test.ts`],
  },
  {
    name: 'empty-batch-allocated',
    what: 'A run without new records allocates batches.',
    file: 'lambda/forwarder/core/delivery/batch.ts',
    find: '#contents = NO_CONTENTS;',
    replace: '#contents = noContents(batchLimits.logs, Buffer.allocUnsafe(batchLimits.bytes));',
    caughtBy: ['test/unit/lambda/forwarder/core/delivery/batch.test.ts'],
  },
  {
    name: 'huge-type-used',
    what: 'An alert type of any size is fitted and written with each of its alerts.',
    file: 'lambda/forwarder/core/slices/alert-types.ts',
    find: 'withoutHuge(await this.#source.alertTypes(call))',
    replace: 'await this.#source.alertTypes(call)',
    caughtBy: ['test/unit/lambda/forwarder/core/runs/alert-types-missing.test.ts'],
  },
  {
    name: 'copies-kept-without-bound',
    what: 'The texts of all records that two pages have shown are kept until the second scan.',
    file: 'lambda/forwarder/core/slices/unconfirmed-copies.ts',
    find: 'if (this.#length + form.text.length > MAX_KEPT_TEXT) return false;',
    replace: '',
    caughtBy: ['test/unit/lambda/forwarder/core/slices/unconfirmed-copies.test.ts'],
  },
  {
    name: 'event-times-read-again',
    what: 'The time of the latest event so far is read again for each event.',
    file: 'lambda/forwarder/core/records/primary-event.ts',
    find: 'if (!latest || time > latest.time)',
    replace: 'if (!latest || time > (timeOf(events[latest.index]) ?? 0))',
    caughtBy: ['test/unit/lambda/forwarder/core/records/primary-event.test.ts'],
  },
  {
    name: 'filtered-newcomers',
    what: 'Records that the settings leave out, and that the ledger therefore never holds, make a range suspicious in every sweep.',
    file: 'lambda/forwarder/core/slices/newcomers.ts',
    find: 'if (!this.#filter.isWanted(candidate, now)) continue;',
    replace: '',
    caughtBy: [`${TESTS}/newcomers.test.ts`],
  },
  {
    name: 'record-without-slice-unmarked',
    what: 'A record without a slice that a failed slice of this run has posted is sent again without the mark.',
    file: 'lambda/forwarder/core/slices/deduplicator.ts',
    find: '!deliveryState.isFullyAcknowledged',
    replace: 'false',
    caughtBy: [`${TESTS}/records-without-slice-marks.test.ts`],
  },
  {
    name: 'key-of-failed-slice',
    what: 'An alert without a slice, which a failed slice was going to send, counts as another alert of the same key and is noted apart.',
    file: 'lambda/forwarder/core/slices/shared-keys.ts',
    find: 'if (isCommon || newKeys.claim(',
    replace: 'if (newKeys.claim(',
    caughtBy: [`${TESTS}/records-without-slice.test.ts`],
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
    find: 'if (complete && this.#deduplicator.needsScan)',
    replace: 'list = this.#reader.list;\n      if (complete && this.#deduplicator.needsScan)',
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
    name: 'equal-numbers-decide',
    what: 'Two equal numbers of records prove that pages overlap, however frequent copies are, so a copy is lost.',
    file: 'lambda/forwarder/core/slices/overlap.ts',
    find: "return isProbable || !imaginable.includes('none') ? matching : ['none', ...matching];",
    replace: 'return matching;',
    caughtBy: [`${TESTS}/overlap.test.ts`],
  },
  {
    name: 'one-scan-excludes',
    what: 'One scan of a list that has changed decides alone that pages do not overlap, so a repeat is sent without the mark.',
    file: 'lambda/forwarder/core/slices/overlap.ts',
    find: '!first.excluded.has(overlap) || !second.excluded.has(overlap)',
    replace: '!first.excluded.has(overlap) && !second.excluded.has(overlap)',
    caughtBy: [`${TESTS}/overlap.test.ts`],
  },
  {
    name: 'single-boundary-decides',
    what: 'A single boundary that repeats a record proves that pages overlap, so a copy is lost.',
    file: 'lambda/forwarder/core/slices/overlap.ts',
    find: 'boundaries > 1 &&',
    replace: '',
    caughtBy: [`${TESTS}/overlap.test.ts`],
  },
  {
    name: 'overlap-without-second-number',
    what: 'Pages that overlap are believed in though another page size shows the same number of records.',
    file: 'lambda/forwarder/core/slices/overlap.ts',
    find: 'first.under(overlap) === second.under(overlap)',
    replace: "overlap !== 'none'",
    caughtBy: [`${TESTS}/overlap.test.ts`],
  },
  {
    name: 'page-held-whole',
    what: 'All records of a page that is read again are held parsed, however large they are.',
    file: 'lambda/forwarder/core/slices/process-slice.ts',
    find: 'if (values < MAX_HELD_VALUES) continue;',
    replace: 'if (values < Number.POSITIVE_INFINITY) continue;',
    caughtBy: [`${TESTS}/newcomers.test.ts`],
  },
];
