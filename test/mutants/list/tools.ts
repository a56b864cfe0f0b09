import type { Mutant } from '../mutant.ts';

/** Bugs in the tools of operators. */
export const TOOLS: readonly Mutant[] = [
  {
    name: 'cost-of-megabytes-as-gigabytes',
    what: 'The estimate of a backfill takes MiB of memory for GiB: 1,024 times too much.',
    file: 'tools/ops/backfill-estimate.ts',
    find: '(memoryMiB / 1024)',
    replace: 'memoryMiB',
    caughtBy: [
      'test/unit/tools/ops/backfill-estimate.test.ts',
      'test/integration/tools/ops/backfill.test.ts',
    ],
  },
  {
    name: 'watermark-ahead-forgets-doubt',
    what: 'A watermark that is set ahead drops what was in doubt above it.',
    file: 'tools/ops/watermark.ts',
    find: 'freshDoubtEnd: Math.max(state.freshDoubtEnd, to)',
    replace: 'freshDoubtEnd: to',
    caughtBy: ['test/unit/tools/ops/watermark.test.ts'],
  },
  {
    name: 'watermark-back-leaves-sweep',
    what: 'A watermark that is set back leaves the sweep above it.',
    file: 'tools/ops/watermark.ts',
    find: 'sweepPosition: Math.min(state.sweepPosition, to)',
    replace: 'sweepPosition: state.sweepPosition',
    caughtBy: ['test/unit/tools/ops/watermark.test.ts', 'test/integration/tools/ops/watermark.test.ts'],
  },
];
