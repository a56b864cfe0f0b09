import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { forwarderNodeFlags } from '../../../../lambda/shared/node-flags.ts';

/** Limit of the heap, in MiB, of a process that gets the flags as the function does. */
const heapLimit = (memoryMiB: number): number =>
  Number(
    execFileSync(
      process.execPath,
      ['-p', 'require("node:v8").getHeapStatistics().heap_size_limit / 2 ** 20'],
      { env: { NODE_OPTIONS: forwarderNodeFlags(memoryMiB).join(' ') }, encoding: 'utf8' },
    ),
  );

it.each([128, 256, 512, 1024, 10_240])(
  'the heap fits into a function of %d MiB, and uses most of it',
  (memory) => {
    const limit = heapLimit(memory);
    expect(limit).toBeLessThan(memory * 0.85);
    expect(limit).toBeGreaterThan(memory * 0.7);
  },
);
