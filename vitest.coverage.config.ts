import { defineConfig } from 'vitest/config';
import { SHARED } from './vitest.config.ts';

/** `npm run coverage`: how much of the core its own tests reach, together with a part of the simulator's seeds. */
export default defineConfig({
  test: {
    ...SHARED,
    maxWorkers: '100%',
    include: ['test/unit/lambda/forwarder/core/**/*.test.ts', 'test/simulation/simulation.test.ts'],
    // Counting slows the largest records down many times.
    testTimeout: 300_000,
    env: { ...SHARED.env, SIMULATION_SEEDS: '50' },
    coverage: {
      enabled: true,
      provider: 'v8',
      include: ['lambda/forwarder/core/**/*.ts'],
      reporter: ['text', 'html'],
      // Slightly below what was measured (98.2, 95.6, 98.0 and 98.9). Raise them with the coverage, and never lower them.
      thresholds: { statements: 97, branches: 94, functions: 97, lines: 98 },
    },
  },
});
