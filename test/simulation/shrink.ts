import { makeScenario, type Reduction } from './scenario.ts';
import { type Bug, type Outcome, simulate } from './simulate.ts';

/**
 * Looks for the smallest part of a failing scenario that still breaks the same promise: leaves out fault after fault,
 * then runs, and keeps each step after which the promise is still broken.
 * @param failing how a scenario broke a promise
 * @returns the smallest found, which is `failing` itself when nothing can be left out
 */
export async function shrink(failing: Outcome, bug?: Bug): Promise<Outcome> {
  const { seed, profile } = failing.world.scenario;
  let smallest = failing;
  /** Parts that do not fail. The last round tries those of the round before again. */
  const passing = new Set<string>();

  /** Keeps a smaller scenario if it still fails. */
  async function keeps(reduction: Reduction): Promise<boolean> {
    const part = JSON.stringify(reduction);
    if (passing.has(part)) return false;
    const outcome = await simulate(makeScenario(seed, profile, reduction), { bug });
    if (outcome.violation?.promise !== failing.violation?.promise) {
      passing.add(part);
      return false;
    }
    smallest = outcome;
    return true;
  }

  const size = () => smallest.world.scenario.faults.size + smallest.world.scenario.runs.length;
  // A part that was needed at first may be superfluous after others were left out.
  let before: number;
  do {
    before = size();
    for (const fault of smallest.world.scenario.faults) {
      const { reduction } = smallest.world.scenario;
      await keeps({ ...reduction, without: [...(reduction.without ?? []), fault] });
    }
    for (let step = smallest.world.scenario.runs.length >> 1; step > 0; step >>= 1) {
      const { reduction, runs } = smallest.world.scenario;
      if (runs.length > step && (await keeps({ ...reduction, runs: runs.length - step }))) step <<= 1;
    }
  } while (size() < before);
  return smallest;
}
