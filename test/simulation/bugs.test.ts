import { describe, expect, it } from 'vitest';
import { DELIBERATE_BUGS, type DeliberateBug } from './bugs.ts';
import { failureReport } from './failure-report.ts';
import { makeScenario } from './scenario.ts';
import { simulate } from './simulate.ts';

/** Each bug must be found within so many. The conditions of a bug are such that a few are enough. */
const SEEDS = 40;

/** The first seed that finds a bug. */
async function foundBy({ profile, conditions, ...bug }: DeliberateBug): Promise<number | undefined> {
  for (let seed = 0; seed < SEEDS; seed++) {
    const { violation } = await simulate(makeScenario(seed, profile, {}, conditions), { bug });
    if (violation) return seed;
  }
  return undefined;
}

/** Scenarios that broke no promise without a bug. Several bugs have the same ones. */
const clean = new Set<string>();

/** The report of the first of so many seeds that breaks a promise without the bug, undefined when all promises hold. */
async function falseAlarm(
  { profile, conditions }: DeliberateBug,
  seeds: number,
): Promise<string | undefined> {
  for (let seed = 0; seed < seeds; seed++) {
    const key = JSON.stringify({ seed, profile, conditions });
    if (clean.has(key)) continue;
    const outcome = await simulate(makeScenario(seed, profile, {}, conditions));
    if (outcome.violation) return failureReport(outcome);
    clean.add(key);
  }
  return undefined;
}

describe('a simulator that finds bugs put there on purpose, and nothing where there is none', () => {
  it.each(DELIBERATE_BUGS)('finds: $name', { timeout: 300_000 }, async (bug) => {
    const seed = await foundBy(bug);

    expect(seed).toBeDefined();
    expect(await falseAlarm(bug, Number(seed) + 1)).toBeUndefined();
  });
});
