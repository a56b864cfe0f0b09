import { describe, expect, it } from 'vitest';
import { failureReport } from './failure-report.ts';
import { type Fault, makeScenario, type Profile } from './scenario.ts';
import seeds from './seeds.json' with { type: 'json' };
import { simulate } from './simulate.ts';

/** CI simulates further seeds after the tests. Coverage is measured with fewer. */
const SEEDS = Number(process.env['SIMULATION_SEEDS'] ?? 30);
const SEEDS_PER_TEST = 10;

/** The report of the first broken promise, undefined when all held. */
async function brokenPromise(
  seed: number,
  profile: Profile,
  without?: readonly Fault[],
): Promise<string | undefined> {
  const outcome = await simulate(makeScenario(seed, profile, { without }));
  return outcome.violation && failureReport(outcome);
}

describe.each(['full', 'core'] as const)('every promise holds, whatever fails (%s)', (profile) => {
  const firsts = Array.from({ length: SEEDS / SEEDS_PER_TEST }, (_, index) => index * SEEDS_PER_TEST);

  it.each(firsts)(`the ${SEEDS_PER_TEST} seeds from %i`, { timeout: 300_000 }, async (first) => {
    for (let seed = first; seed < first + SEEDS_PER_TEST; seed++) {
      expect(await brokenPromise(seed, profile)).toBeUndefined();
    }
  });
});

/** A scenario that broke a promise once, shrunk to the faults that it took. */
interface KeptSeed {
  seed: number;
  profile: Profile;
  without?: Fault[];
  story: string;
}

describe('what the simulator once found stays fixed', () => {
  it.each(seeds as KeptSeed[])('$profile $seed: $story', async ({ seed, profile, without }) => {
    expect(await brokenPromise(seed, profile, without)).toBeUndefined();
  });
});

it('a seed gives the same result each time', async () => {
  const stories = [];
  for (let time = 0; time < 2; time++) {
    const { world } = await simulate(makeScenario(7, 'full'));
    stories.push(world.gateway.log);
  }

  expect(stories[0]?.length).toBeGreaterThan(100);
  expect(stories[1]).toEqual(stories[0]);
});
