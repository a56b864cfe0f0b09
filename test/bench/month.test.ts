import { expect, it } from 'vitest';
import { storedMonth } from '../../infra/cost/month.ts';
import { DEFAULT_MEMORY_MIB } from '../../lambda/limits.ts';
import { monthOf } from './month.ts';
import { buildSubjects, startProcesses } from './processes.ts';
import { MAX_SPAN_SECONDS } from './runs.ts';

/** A change of log lines or requests so small changes no cent of the bill. */
const TOLERANCE = 0.03;

it('the first day of the month that docs/cost.md shows takes what it took when that was written', async () => {
  await buildSubjects();
  const processes = await startProcesses({ memorySize: DEFAULT_MEMORY_MIB, spanSeconds: MAX_SPAN_SECONDS });
  try {
    const { firstDay } = await monthOf(processes, { days: 1, allMetrics: false }, () => undefined);

    const changed = Object.entries(storedMonth().firstDay).filter(
      ([name, before]) => Math.abs(firstDay[name as keyof typeof firstDay] / before - 1) > TOLERANCE,
    );
    // Measure it again: npm run bench -- --only month --write
    expect(changed.map(([name, before]) => [name, before, firstDay[name as keyof typeof firstDay]])).toEqual(
      [],
    );
  } finally {
    processes.stop();
  }
}, 300_000);
