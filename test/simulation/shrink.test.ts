import { beforeAll, expect, it } from 'vitest';
import { DELIBERATE_BUGS, type DeliberateBug } from './bugs.ts';
import { failureReport } from './failure-report.ts';
import { makeScenario } from './scenario.ts';
import { shrink } from './shrink.ts';
import { type Outcome, simulate } from './simulate.ts';

const withoutLease = DELIBERATE_BUGS.find(({ name }) => name === 'no lease') as DeliberateBug;

/** The first seed that finds the bug with many faults on, and that made smaller. */
async function failing(): Promise<{ large: Outcome; small: Outcome }> {
  for (let seed = 0; ; seed++) {
    const scenario = makeScenario(seed, 'full');
    if (scenario.faults.size < 5) continue;
    const outcome = await simulate(scenario, { bug: withoutLease });
    if (outcome.violation) return { large: outcome, small: await shrink(outcome, withoutLease) };
  }
}

let found: Awaited<ReturnType<typeof failing>>;
beforeAll(async () => {
  found = await failing();
}, 120_000);

it('a failing scenario shrinks to what is needed, breaks the same promise, and prints how to repeat it', async () => {
  const { large, small } = found;
  const { faults, runs, reduction, seed } = small.world.scenario;
  expect(large.world.scenario.faults.size).toBeGreaterThanOrEqual(5);
  expect(faults).toContain('overlapping runs');
  expect(faults.size).toBeLessThanOrEqual(2);
  expect(runs.length).toBeLessThan(large.world.scenario.runs.length);
  expect(small.violation?.promise).toBe(large.violation?.promise);
  expect(failureReport(small)).toContain(
    `Replay: npm run sim -- --seed ${seed} --without '${reduction.without?.join(', ')}' --runs ${runs.length}`,
  );
  const replayed = await simulate(makeScenario(seed, 'full', reduction), { bug: withoutLease });
  expect(replayed.violation?.message).toBe(small.violation?.message);
});

it('what cannot be made smaller stays as it is', async () => {
  const { small } = found;

  const again = await shrink(small, withoutLease);

  expect(again.world.scenario.reduction).toEqual(small.world.scenario.reduction);
});
