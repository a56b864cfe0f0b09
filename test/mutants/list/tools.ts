import type { Mutant } from '../mutant.ts';

/** Bugs in the tools of operators. */
export const TOOLS: readonly Mutant[] = [
  {
    name: 'fillers-not-shown',
    what: 'Characters that take room and show nothing reach terminals and logs.',
    file: 'lambda/shared/visible-text.ts',
    find: '\\p{Default_Ignorable_Code_Point}',
    replace: '',
    caughtBy: ['test/unit/tools/cli/terminal.test.ts'],
  },
  {
    name: 'quote-ends-word',
    what: 'A quote in a word of a printed command ends the word, and the rest is a command.',
    file: 'lambda/shared/shell.ts',
    find: "line.replaceAll(\"'\", `'\\\\''`)",
    replace: 'line',
    caughtBy: ['test/unit/lambda/shared/shell.test.ts'],
  },
  {
    name: 'any-name-proposed',
    what: 'The doctor proposes names of fields that end a word of a shell.',
    file: 'tools/doctor/plain.ts',
    find: '/^[\\w.$-]{1,64}$/',
    replace: '/./',
    caughtBy: ['test/integration/tools/hostile-output.test.ts'],
  },
  {
    name: 'doctor-sends-keys-anywhere',
    what: 'The doctor sends keys to any address that the settings of a function name.',
    file: 'tools/ops/key-destinations.ts',
    find: 'if (OWN_ORIGINS[owner].includes(origin) ||',
    replace: "if (origin !== '' ||",
    caughtBy: ['test/integration/tools/ops/doctor-destinations.test.ts'],
  },
  {
    name: 'first-stack-wins',
    what: 'Of several forwarders, a command takes the first without asking.',
    file: 'tools/ops/stack.ts',
    find: 'if (only && others.length === 0)',
    replace: 'if (only)',
    caughtBy: ['test/integration/tools/ops/prerequisites.test.ts'],
  },
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
