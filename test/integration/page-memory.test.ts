import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { DEFAULT_MEMORY_MIB } from '../../lambda/limits.ts';
import { forwarderNodeFlags } from '../../lambda/shared/node-flags.ts';

/** The rest of the memory is for what else a run needs: clients, tables of fingerprints, batches, further pages. */
const MAX_PEAK_MIB = 400;

const PAGES = 40;

/** What a program writes that runs with the flags of the function. */
async function outputOf(program: string, argument: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...forwarderNodeFlags(DEFAULT_MEMORY_MIB),
    '--import',
    'tsx',
    program,
    argument,
  ]);
  return stdout;
}

it('F91 pages of 20 MB, whatever they are made of, are read in the memory of the function', async () => {
  const stdout = await outputOf('test/support/page-memory.ts', String(PAGES));

  expect(Number(stdout)).toBeGreaterThan(50);
  expect(Number(stdout)).toBeLessThan(MAX_PEAK_MIB);
}, 180_000);

it.each([
  ['records that have to be shrunk', 'large', 456],
  ['the same records, each on two pages', 'shown twice', 456],
  ['records whose long text is redacted', 'redacted', 1152],
])(
  'F91 one second of %s, more than the memory, is forwarded in the memory of the function',
  async (_, kind, forwarded) => {
    const result = JSON.parse(await outputOf('test/support/slice-memory.ts', kind));

    expect(result).toMatchObject({ error: null, forwarded });
    expect(result.peakMib).toBeLessThan(MAX_PEAK_MIB);
  },
  180_000,
);
