import { describe, expect, it } from 'vitest';
import { STREAMS } from '../../lambda/contract.ts';
import { noListKnowledge } from '../../lambda/forwarder/core/slices/completeness.ts';
import { SWEEP_WITHOUT_MARKS } from './bugs.ts';
import { LIKES_ALL } from './dislikes.ts';
import { failureReport } from './failure-report.ts';
import { crashAt } from './fates.ts';
import { seededRandom } from './random.ts';
import { REFUSES_NOTHING } from './refusals.ts';
import { makeScenario, type Scenario } from './scenario.ts';
import { PAGINATION_STYLES } from './server-traits.ts';
import { type Bug, type Outcome, simulate } from './simulate.ts';
import { FOREVER, makeTruth } from './truth.ts';

/**
 * Every n-th moment of death, an odd number so that they lie before and after calls in turn. All of them take a minute and a half of
 * CPU: CRASH_SWEEP=all is for changes of the core.
 */
const EVERY = process.env['CRASH_SWEEP'] === 'all' ? 1 : 7;

/** At least so many moments of death, over all scenarios. */
const LEAST_POINTS = Math.floor(2400 / EVERY);

const LATE_RECORDS = 16;
const RUNS = 4;
const MINUTE = 60_000;

/** A backlog, copies, rejected records and edits: every kind of effect, and no fault but the one death. */
function fixedScenario(style: Scenario['server']['style'], index: number): Scenario {
  const drawn = makeScenario(index, 'full');
  const faultsEnd = drawn.start + 45 * MINUTE;
  const scenario: Scenario = {
    ...drawn,
    faults: new Set(['crashes', 'identical records', 'rejected records', 'alert edits', 'late records']),
    faultsEnd,
    runs: Array.from({ length: RUNS }, (_, run) => drawn.start + run * 10 * MINUTE),
    quietInterval: 60 * MINUTE,
    lambdaTimeoutMs: 240_000,
    settings: {
      initialLookbackSeconds: 14_400,
      settleSeconds: 120,
      holdBackSeconds: 0,
      lookbackSeconds: 5400,
      parallelSlices: 2,
      alertUpdates: true,
      keepsLowSeverity: true,
    },
    server: {
      ...drawn.server,
      style,
      order: 'descending',
      pageSize: style === 'none' ? 10_000 : 5,
      offset: 0,
      tellsDate: true,
      takesUpperBound: true,
      filters: true,
      emptyPages: false,
      tooLargeFrom: Number.POSITIVE_INFINITY,
    },
    sourceOutages: [],
    sinkOutages: [],
    intake: LIKES_ALL,
    intakeRefusals: [],
    clockJumps: [],
    refusals: REFUSES_NOTHING,
    maxPostBytes: 5_000_000,
    maxSliceRecords: 44_000,
    maxBatchLogs: 4,
    // What was drawn is about other records.
    excluded: new Set(),
  };
  return { ...scenario, truths: makeTruth(scenario, seededRandom(index, 'crash sweep')) };
}

/** Seeds of scenarios with few calls, each of which is lived through twice for every one of its calls. */
const SEEDS: Readonly<Record<(typeof PAGINATION_STYLES)[number], readonly number[]>> = {
  cursor: [0, 7],
  offset: [1, 8],
  page: [23, 30],
  link: [3, 10],
  none: [4, 11],
};

const SCENARIOS = PAGINATION_STYLES.flatMap((style) => SEEDS[style].map((seed) => [style, seed] as const));

/**
 * Records that show a few minutes after a run has passed them, so that it is the sweep of the next one that posts them, in
 * several batches: what it may have posted when it dies is all that the doubt about the sweep's range rests on.
 */
function sweepScenario(index: number): Scenario {
  const scenario = fixedScenario('cursor', index);
  const { start, truths } = scenario;
  const runs = [start, start + 30 * MINUTE, start + 60 * MINUTE];
  const appears = start + 3 * MINUTE;
  for (let nth = 0; nth < LATE_RECORDS; nth++) {
    const stream = nth % 3 === 0 ? 'alerts' : 'audit-logs';
    const time = Math.floor(start / 1000) - 70 * 60 + nth * 120;
    const content = `late ${nth}`;
    const vuid = stream === 'alerts' ? content : undefined;
    const record = vuid
      ? { vuid, alertTypeVuid: 'type-high', creationTimestamp: time, status: 'Open', summaryLine: content }
      : { actor: 'ada@example.com', timeEpoch: time, action: 'User signed in', details: content };
    truths.push({
      id: truths.length,
      stream,
      time,
      vuid,
      low: false,
      shown: [{ from: appears, to: FOREVER }],
      waits: false,
      leaves: false,
      versions: [{ from: appears, content, record }],
    });
  }
  return {
    ...scenario,
    runs,
    faultsEnd: start + 65 * MINUTE,
    settings: { ...scenario.settings, initialLookbackSeconds: 5400 },
  };
}

/**
 * Runs that have proven longer lists before. The proof of a list processes more slices by the same code, so that dying in it as well
 * would take many times as long and show nothing else.
 */
const LISTS_PROVEN: Bug = {
  ports: (ports) => ({
    ...ports,
    lists: Object.fromEntries(
      STREAMS.map((stream) => [
        stream,
        { ...noListKnowledge(), whole: Number.POSITIVE_INFINITY, hasNamedPages: true },
      ]),
    ),
  }),
};

/**
 * Lives through a scenario once for each moment of death, before and after every call, as long as nothing is found.
 * @param every only every n-th moment, from `first` on
 */
async function dieEverywhere(
  make: () => Scenario,
  judge: (outcome: Outcome) => string | undefined,
  { bug = LISTS_PROVEN, every = EVERY, first = 0 }: { bug?: Bug; every?: number; first?: number } = {},
): Promise<{ points: number; found: string | undefined }> {
  const { world, violation } = await simulate(make(), { decide: crashAt(-1, 'before'), bug });
  if (violation) throw violation;
  const lastRun = world.invocations[world.scenario.runs.length - 1]?.endedAt ?? 0;
  const calls = world.gateway.log.filter(({ at }) => at <= lastRun).length;
  let points = 0;
  for (let moment = first % every; moment < 2 * calls; moment += every) {
    const fate = crashAt(Math.floor(moment / 2), moment % 2 === 0 ? 'before' : 'after');
    // Made anew: what the server does while it is read is written into it.
    const found = judge(await simulate(make(), { decide: fate, bug }));
    points++;
    if (found !== undefined) return { points, found };
  }
  return { points, found: undefined };
}

const brokenPromise = (outcome: Outcome) => outcome.violation && failureReport(outcome);

/** Nothing is broken, and no more is repeated than what the one death left in doubt. */
function brokenByOneDeath(outcome: Outcome): string | undefined {
  const { checker, scenario } = outcome.world;
  const most = Math.max(...STREAMS.map((stream) => checker.repeatedPosts(stream)));
  if (most > scenario.settings.parallelSlices) return `${most} posts were repeated.`;
  return brokenPromise(outcome);
}

describe('F66 a run that is killed before or after any single call loses nothing and repeats at most one batch per slice', () => {
  let points = 0;

  it.each(SCENARIOS)('pages by %s, scenario %i', { timeout: 300_000 }, async (style, index) => {
    const { found, ...swept } = await dieEverywhere(() => fixedScenario(style, index), brokenByOneDeath, {
      first: index,
    });
    points += swept.points;

    expect(found).toBeUndefined();
  });

  it('while the sweep posts late records', { timeout: 300_000 }, async () => {
    const { found, ...swept } = await dieEverywhere(() => sweepScenario(14), brokenByOneDeath);
    points += swept.points;

    expect(found).toBeUndefined();
  });

  it('a sweep that never marks what may be there already is found', { timeout: 300_000 }, async () => {
    const { found } = await dieEverywhere(() => sweepScenario(14), brokenPromise, {
      bug: SWEEP_WITHOUT_MARKS,
    });

    expect(found).toMatch(/breaks P2: A log is repeated without the mark/);
  });

  it(`the runs have died at least ${LEAST_POINTS} times`, () => {
    expect(points).toBeGreaterThanOrEqual(LEAST_POINTS);
  });
});
