import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runTool } from '../../../../tools/cli/tool.ts';

let folder: string;
let mask: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tool-'));
  // The most careless machine: everyone may do everything.
  mask = process.umask(0);
});
afterEach(() => {
  process.umask(mask);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const permissions = (name: string) => (statSync(join(folder, name)).mode & 0o777).toString(8);

/** Runs a tool that does some work, with no arguments. */
async function runToolThat(work: () => void): Promise<void> {
  const { argv } = process;
  process.argv = argv.slice(0, 2);
  try {
    await runTool(new Command().action(work));
  } finally {
    process.argv = argv;
  }
}

it('what a tool writes, and what its children write, is for its user alone', async () => {
  await runToolThat(() => {
    mkdirSync(join(folder, 'state/deep'), { recursive: true });
    writeFileSync(join(folder, 'report.json'), '{}');
    const write = `require('fs').writeFileSync(${JSON.stringify(join(folder, 'child.log'))}, '')`;
    spawnSync(process.execPath, ['-e', write]);
  });

  expect(['state', 'state/deep', 'report.json', 'child.log'].map(permissions)).toEqual([
    '700',
    '700',
    '600',
    '600',
  ]);
});
