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

const MINUTE = 60_000;

/** A backlog, copies, poison records and edits: every kind of effect, and no fault but the one death. */
function fixedScenario(style: Scenario['server']['style'], index: number): Scenario {
  const drawn = makeScenario(index, 'full');
  const faultsEnd = drawn.start + 45 * MINUTE;
  const scenario: Scenario = {
    ...drawn,
    faults: new Set(['crashes', 'identical records', 'poison records', 'alert edits', 'late records']),
    faultsEnd,
    runs: [0, 10, 20, 30, 40].map((minutes) => drawn.start + minutes * MINUTE),
    quietInterval: 30 * MINUTE,
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

/** The scenario as new: what the server reveals or removes while it is read changes its truths. */
const calls = async (style: Scenario['server']['style'], index: number) =>
  (await simulate(fixedScenario(style, index), { decide: crashAt(-1, 'before') })).world;

describe('F66 a run that dies before or after any single call loses nothing and repeats one batch at most', () => {
  let points = 0;

  test.each(PAGINATION_STYLES.map((style, index) => [style, index] as const))(
    'with pages by %s',
    { timeout: 300_000 },
    async (style, index) => {
      const undisturbed = await calls(style, index);
      const lastRun = undisturbed.invocations[4]?.endedAt ?? 0;
      const early = undisturbed.gateway.log.filter(({ at }) => at <= lastRun).length;
      for (let number = 0; number < early; number++) {
        for (const when of ['before', 'after'] as const) {
          const outcome = await simulate(fixedScenario(style, index), { decide: crashAt(number, when) });
          points++;
          expect(outcome.violation && failureReport(outcome)).toBeUndefined();
          for (const stream of STREAMS) {
            expect(outcome.world.checker.repeatedPosts(stream)).toBeLessThanOrEqual(
              fixedScenario(style, index).settings.parallelSlices,
            );
          }
        }
      }
    },
  );

  test(`the sweep has died at least ${LEAST_POINTS} times`, () => {
    expect(points).toBeGreaterThanOrEqual(LEAST_POINTS);
  });
});
