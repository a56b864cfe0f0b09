import { describe, expect, test } from 'vitest';
import { STREAMS } from '../../lambda/forwarder/core/ports.ts';
import { PAGINATION_STYLES } from '../../lambda/forwarder/valence/api-profile.ts';
import { failureReport } from './failure-report.ts';
import { crashAt } from './fates.ts';
import { seededRandom } from './random.ts';
import { makeScenario, type Scenario } from './scenario.ts';
import { simulate } from './simulate.ts';
import { makeTruth } from './truth.ts';

/** At least so many moments of death, over all scenarios. */
const LEAST_POINTS = 3000;

/** The default style is swept once more than the others. */
const scenariosOf = (style: Scenario['server']['style']) => (style === 'cursor' ? 3 : 2);
const RUNS = 5;
const MINUTE = 60_000;

/** A backlog, copies, poison records and edits: every kind of effect, and no fault but the one death. */
function fixedScenario(style: Scenario['server']['style'], index: number): Scenario {
  const drawn = makeScenario(index, 'full');
  const faultsEnd = drawn.start + 45 * MINUTE;
  const scenario: Scenario = {
    ...drawn,
    faults: new Set(['crashes', 'identical records', 'poison records', 'alert edits', 'late records']),
    faultsEnd,
    runs: Array.from({ length: RUNS }, (_, run) => drawn.start + run * 10 * MINUTE),
    quietInterval: 60 * MINUTE,
    lambdaTimeoutMs: 240_000,
    settings: {
      initialLookbackSeconds: 14_400,
      settleSeconds: 120,
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
    intakeRefusals: [],
    clockJumps: [],
    maxPostBytes: 5_000_000,
    maxSliceRecords: 50_000,
    maxBatchLogs: 4,
  };
  return { ...scenario, truths: makeTruth(scenario, seededRandom(index, 'crash sweep')) };
}

const SCENARIOS = PAGINATION_STYLES.flatMap((style, index) =>
  Array.from({ length: scenariosOf(style) }, (_, variant) => [style, index + 7 * variant] as const),
);

describe('F66 a run that dies before or after any single call loses nothing and repeats one batch a slice at most', () => {
  let points = 0;

  test.each(SCENARIOS)('pages by %s, scenario %i', { timeout: 300_000 }, async (style, index) => {
    const { world } = await simulate(fixedScenario(style, index), { decide: crashAt(-1, 'before') });
    const lastRun = world.invocations[RUNS - 1]?.endedAt ?? 0;
    const calls = world.gateway.log.filter(({ at }) => at <= lastRun).length;
    for (let number = 0; number < calls; number++) {
      for (const when of ['before', 'after'] as const) {
        // Made anew: what the server does while it is read is written into it.
        const scenario = fixedScenario(style, index);
        const outcome = await simulate(scenario, { decide: crashAt(number, when) });
        points++;

        expect(outcome.violation && failureReport(outcome)).toBeUndefined();
        for (const stream of STREAMS) {
          const repeated = outcome.world.checker.repeatedPosts(stream);
          expect(repeated).toBeLessThanOrEqual(scenario.settings.parallelSlices);
        }
      }
    }
  });

  test(`the sweep has died at least ${LEAST_POINTS} times`, () => {
    expect(points).toBeGreaterThanOrEqual(LEAST_POINTS);
  });
});
