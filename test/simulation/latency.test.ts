import { expect, it } from 'vitest';
import { latencyOfDay } from '../bench/latency.ts';

const CALLS = { sourceLatencyMs: 150, sinkLatencyMs: 80 };

/** In virtual time, so the figures are the same on every machine. `npm run bench -- --only latency` measures other schedules. */
it('a run every 5 minutes brings half of the records to Datadog within 165 seconds, and 99 % within 330', async () => {
  const latency = await latencyOfDay(300, CALLS);

  expect(latency.median).toBeLessThanOrEqual(165);
  expect(latency.percentile99).toBeLessThanOrEqual(330);
});

it('records that are held back take as much longer', async () => {
  const heldBack = await latencyOfDay(300, CALLS, { holdBackSeconds: 120 });

  expect(heldBack.median).toBeGreaterThan(240);
});
