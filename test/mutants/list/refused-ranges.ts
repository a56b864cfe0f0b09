import type { Mutant } from '../mutant.ts';

const RUNS = 'test/unit/lambda/forwarder/core/runs';
const SLICES = 'test/unit/lambda/forwarder/core/slices';

/** Bugs in what a forwarder makes of ranges that are refused, of lists that may be cut, and of saves that arrive late. */
export const REFUSED_RANGES: readonly Mutant[] = [
  {
    name: 'hole-not-recorded',
    what: 'The watermark passes a range that was refused, and nothing remembers it.',
    file: 'lambda/forwarder/core/runs/refused-ranges.ts',
    find: 'this.result.refused.push({ from: range.from, to: range.to, status });',
    replace: '',
    caughtBy: [`${RUNS}/holes.test.ts`],
  },
  {
    name: 'hole-never-retried',
    what: 'A hole is never asked for again.',
    file: 'lambda/forwarder/core/runs/stream.ts',
    find: 'await retryHoles(run);',
    replace: '',
    caughtBy: [`${RUNS}/holes.test.ts`],
  },
  {
    name: 'second-half-skipped',
    what: 'Of a refused range, only the first half is asked for.',
    file: 'lambda/forwarder/core/runs/refused-ranges.ts',
    find: '.filter(({ from, to }) => from < to)',
    replace: '.slice(0, 1)',
    caughtBy: [`${RUNS}/refused-ranges.test.ts`],
  },
  {
    name: 'too-large-part-not-divided',
    what: 'A part of a refused range whose page is too large ends the division.',
    file: 'lambda/forwarder/core/runs/refused-ranges.ts',
    find: "if (isTooLarge(error) && part.to - part.from > 1) return 'incomplete';",
    replace: '',
    caughtBy: [`${RUNS}/backfill-hours.test.ts`],
  },
  {
    name: 'busy-range-stops-stream',
    what: 'A range that is always answered with 503 and Retry-After is waited for in every run.',
    file: 'lambda/forwarder/core/runs/refused-ranges.ts',
    find: 'if (error instanceof StillBusy) return 503;',
    replace: '',
    caughtBy: [`${RUNS}/refused-ranges.test.ts`],
  },
  {
    name: 'start-moved-by-one-refusal',
    what: 'A new stream starts later as soon as the start of its first range is refused.',
    file: 'lambda/forwarder/core/runs/retry-holes.ts',
    find: 'if (!isOfFirstRange || !isConfirmedNow) return;',
    replace: 'if (!isOfFirstRange) return;',
    caughtBy: [`${RUNS}/holes.test.ts`],
  },
  {
    name: 'divided-in-doubt',
    what: 'A refused range is divided although what it had shown may be in Datadog without a note.',
    file: 'lambda/forwarder/core/slices/process-slice.ts',
    find: 'return later;',
    replace: 'return error;',
    caughtBy: [`${SLICES}/failed-lists.test.ts`],
  },
  {
    name: 'proof-compares-numbers',
    what: 'A list is taken for complete if its halves show as many records, whichever they are.',
    file: 'lambda/forwarder/core/slices/completeness.ts',
    find: ' && whole.identities[0] === a && whole.identities[1] === b',
    replace: '',
    caughtBy: [`${SLICES}/prove-slice.test.ts`],
  },
  {
    name: 'first-page-again-is-the-end',
    what: 'A server that ignores the paging parameter is taken for one whose list has a single page.',
    file: 'lambda/forwarder/valence/scan.ts',
    find: 'if (isGivenCursor || (pageSize !== null && records.length >= pageSize)) throw pagingIgnored(place, profile);',
    replace: '',
    caughtBy: ['test/integration/valence-list-ends.test.ts'],
  },
  {
    name: 'deep-pages-not-proven',
    what: 'A list that ends with an empty page is taken for whole, however deep it went.',
    file: 'lambda/forwarder/valence/list-end.ts',
    find: '(isCounted && mayGoDeeper(profile, seen))',
    replace: 'false',
    caughtBy: ['test/zoo/deep-pages.test.ts'],
  },
  {
    name: 'cut-list-trusted',
    what: 'A list that ends at maxOffset is taken for whole if a longer one was proven complete before.',
    file: 'lambda/forwarder/core/slices/completeness.ts',
    find: "if (end === 'cut') return false;",
    replace: '',
    caughtBy: [`${SLICES}/prove-slice.test.ts`],
  },
  {
    name: 'save-counter-not-checked',
    what: 'A save that arrives late undoes the next one.',
    file: 'lambda/forwarder/aws/state-table.ts',
    find: ' AND (attribute_not_exists(#saves) OR #saves < :saves)',
    replace: '',
    caughtBy: ['test/integration/state-table.test.ts'],
  },
];
