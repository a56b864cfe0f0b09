import { expect, it, vi } from 'vitest';
import { batchLimits } from '../../../../../../lambda/forwarder/core/delivery/batch.ts';
import { auditRecord } from '../../../../../support/core-records.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { SETTLE_SECONDS as SETTLE } from '../../../../../support/stream-settings.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

/** How many batches are allocated meanwhile. */
async function allocatedBatches(work: () => Promise<unknown>): Promise<number> {
  const allocate = vi.spyOn(Buffer, 'allocUnsafe');
  try {
    await work();
    return allocate.mock.calls.filter(([bytes]) => bytes >= batchLimits.bytes).length;
  } finally {
    allocate.mockRestore();
  }
}

it('a run uses the batches of the run before it, so that V8 has no reason to collect the whole heap in each run', async () => {
  const { run, source, sink, clock } = streamWorld();
  source.records['audit-logs'] = [
    auditRecord({ details: 'first', timeEpoch: NOW - SETTLE - 5 }),
    auditRecord({ details: 'second', timeEpoch: NOW + 100 }),
  ];
  await run();
  await clock.sleep(300_000);

  const allocated = await allocatedBatches(run);

  expect(allocated).toBe(0);
  expect(sink.accepted.map(({ details }) => details)).toEqual(['first', 'second']);
});
