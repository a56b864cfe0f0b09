import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

/** Runs the script where `node` is this program. */
function runWith(node: string) {
  const folder = mkdtempSync(join(tmpdir(), 'node24-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'node'), `#!/bin/sh\n${node}\n`);
  chmodSync(join(folder, 'node'), 0o755);
  return spawnSync('bash', ['.ci/node24.sh', 'file.mjs', 'an argument'], {
    encoding: 'utf8',
    env: { ...process.env, PATH: [folder, process.env['PATH']].join(delimiter) },
  });
}

it('takes the Node of the machine where that is 24', () => {
  const { status, stdout } = runWith('[ "$1" = --version ] && echo v24.1.0 || printf "%s|" "$@"');

  expect({ status, stdout }).toEqual({ status: 0, stdout: 'file.mjs|an argument|' });
});

it('names the platform that has no package, and what to do', () => {
  const { status, stderr } = runWith('[ "$1" = --version ] && echo v20.19.0 || echo sunos-x64');

  expect(status).toBe(1);
  expect(stderr).toBe(
    '.ci/node24/package.json lists no Node 24 for sunos-x64. Install Node 24 and run this again with it.\n',
  );
});
