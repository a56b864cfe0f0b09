import { describe, expect, it } from 'vitest';
import { DELIBERATE_BUGS, type DeliberateBug } from './bugs.ts';
import { failureReport } from './failure-report.ts';
import { makeScenario } from './scenario.ts';
import { type Outcome, simulate } from './simulate.ts';

/** Each bug must be found within so many. The conditions of a bug are such that a few are enough. */
const SEEDS = 40;

/** Lives through the seeds of a bug, with or without it, up to the first that breaks a promise. */
async function firstFailure(
  { profile, conditions, ...bug }: DeliberateBug,
  { seeds, isPlanted }: { seeds: number; isPlanted: boolean },
): Promise<{ seed: number; outcome: Outcome } | undefined> {
  for (let seed = 0; seed < seeds; seed++) {
    const scenario = makeScenario(seed, profile, {}, conditions);
    const outcome = await simulate(scenario, { bug: isPlanted ? bug : undefined });
    if (outcome.violation) return { seed, outcome };
  }
  return undefined;
}

describe('a simulator that finds bugs put there on purpose, and nothing where there is none', () => {
  it.each(DELIBERATE_BUGS)('finds: $name', { timeout: 300_000 }, async (bug) => {
    const found = await firstFailure(bug, { seeds: SEEDS, isPlanted: true });
    const seeds = (found?.seed ?? SEEDS) + 1;
    const falseAlarm = await firstFailure(bug, { seeds, isPlanted: false });

    expect(found?.seed).toBeDefined();
    expect(falseAlarm && failureReport(falseAlarm.outcome)).toBeUndefined();
  });
});
