import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { forwarderNodeFlags } from '../../lambda/bundling/bundle.ts';
import { DEFAULT_MEMORY_MIB } from '../../lambda/limits.ts';

/** The rest of the memory is for what else a run needs: clients, tables of fingerprints, batches, further pages. */
const MAX_PEAK_MIB = 400;

const PAGES = 40;

it('F91 pages of 20 MB, whatever they are made of, are read in the memory of the function', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...forwarderNodeFlags(DEFAULT_MEMORY_MIB),
    '--import',
    'tsx',
    'test/support/page-memory.ts',
    String(PAGES),
  ]);

  expect(Number(stdout)).toBeGreaterThan(50);
  expect(Number(stdout)).toBeLessThan(MAX_PEAK_MIB);
}, 180_000);
