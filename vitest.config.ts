import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that simulate so much that `npm test` leaves them to `npm run test:slow`. */
const SLOW = [
  ...['bugs', 'crash-sweep', 'shrink', 'backfill-year'].map((name) => `test/simulation/${name}.test.ts`),
  'test/bench/month.test.ts',
];

/** From what takes longest to what is over at once. Begun last, a long file would leave all cores but one idle at the end. */
const PROJECTS = [
  // Left out by `npm test`: of several filters that leave out, Vitest runs what any of them does not match.
  {
    name: 'apart-slow',
    include: SLOW,
    isolate: false,
  },
  {
    name: 'apart-browser',
    include: ['test/browser/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    isolate: false,
  },
  {
    name: 'apart-package',
    include: ['test/package/**/*.test.ts'],
    isolate: false,
  },
  {
    name: 'simulation',
    include: ['test/simulation/**/*.test.ts'],
    exclude: SLOW,
    isolate: false,
  },
  {
    name: 'end-to-end',
    include: ['test/end-to-end/**/*.test.ts'],
    isolate: false,
    globalSetup: ['test/support/build/artefact.ts'],
  },
  {
    name: 'infra',
    include: ['test/infra/**/*.test.ts'],
    globalSetup: ['test/support/build/artefact.ts'],
    // Loading aws-cdk-lib takes longer than most of these files: files of one worker share it.
    isolate: false,
  },
  {
    name: 'zoo',
    include: ['test/zoo/**/*.test.ts'],
    isolate: false,
  },
  {
    name: 'integration',
    include: ['test/integration/**/*.test.ts', 'test/mutants/**/*.test.ts'],
    isolate: false,
    globalSetup: ['test/support/build/installer.ts', 'test/support/build/tools.ts'],
  },
  {
    name: 'unit',
    include: ['test/unit/**/*.test.ts'],
    isolate: false,
  },
];

/** Files that take longest in their project. */
const LONGEST = [
  'crash-sweep',
  'backfill-year',
  'simulation',
  'bugs',
  'synth',
  'kill',
  'soak',
  'page-memory',
];

const rank = (order: readonly string[], name: string) => {
  const index = order.indexOf(name);
  return index === -1 ? order.length : index;
};

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const names = PROJECTS.map(({ name }) => name);
    const byProject = ({ project }: TestSpecification) => rank(names, project.name);
    const byFile = ({ moduleId }: TestSpecification) =>
      rank(LONGEST, /([^/]+)\.test\.ts$/.exec(moduleId)?.[1] ?? '');
    return (await super.sort(files)).sort((a, b) => byProject(a) - byProject(b) || byFile(a) - byFile(b));
  }
}

/** What holds for the tests of all projects. */
export const SHARED = {
  // Tests that start processes, build or synthesise share two cores with each other.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // Other threads of the garbage collector would only take the cores from the other workers.
  execArgv: ['--single-threaded-gc'],
  env: {
    // What the tools print has one line for each sentence, unless a test is about the width.
    COLUMNS: '1000',
    // Tests do not depend on the account of the user who runs them.
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  },
};

export default defineConfig({
  test: {
    projects: PROJECTS.map((project) => ({ test: { ...SHARED, ...project } })),
    // One more than cores, because many tests wait for processes of their own. By default there would be one less.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
  },
});
