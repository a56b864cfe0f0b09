import { describe, expect, it } from 'vitest';
import { DELIBERATE_BUGS } from './bugs.ts';
import { makeScenario } from './scenario.ts';
import { simulate } from './simulate.ts';

describe('a simulator that finds bugs put there on purpose', () => {
  it.each(DELIBERATE_BUGS)('finds: $name', { timeout: 300_000 }, async ({ profile, seeds, ...bug }) => {
    let found: number | undefined;
    for (let seed = 0; seed < seeds && found === undefined; seed++) {
      const { violation } = await simulate(makeScenario(seed, profile), { bug });
      if (violation) found = seed;
    }

    expect(found).toBeLessThan(seeds);
  });
});
