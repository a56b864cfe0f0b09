import { describe, expect, it } from 'vitest';
import { DELIBERATE_BUGS } from './bugs.ts';
import { makeScenario } from './scenario.ts';
import { simulate } from './simulate.ts';

describe('a simulator that finds bugs put there on purpose', () => {
  it.each(DELIBERATE_BUGS)(
    'finds: $name',
    { timeout: 300_000 },
    async ({ profile, seeds, tryFirst = 0, ...bug }) => {
      let found: number | undefined;
      for (const seed of [tryFirst, ...Array(seeds).keys()]) {
        const { violation } = await simulate(makeScenario(seed, profile), { bug });
        if (!violation) continue;
        found = seed;
        break;
      }

      expect(found).toBeLessThan(seeds);
    },
  );
});
