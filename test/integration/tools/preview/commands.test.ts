import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startValenceApi } from '../../../../tools/stand-ins/valence/api.ts';
import { boardOf, resultIn } from '../../../support/datadog/preview-board.ts';
import { printed, runTool, startTool } from '../../../support/operator/run-tool.ts';
import { NOW } from '../../../support/outside-world.ts';

const ADDRESS = /http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\//;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'preview-commands-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a tool until it has printed an address, uses it, and ends the tool as Ctrl-C does. */
async function withPage(
  tool: ReturnType<typeof startTool>,
  out: 'stdout' | 'stderr',
  use: (page: { address: string }) => Promise<void>,
): Promise<string> {
  const seen = new Promise<void>((resolve) => {
    tool.child[out]?.on('data', () => ADDRESS.test(tool.written[out]) && resolve());
  });
  await (out === 'stdout' ? printed(tool, ADDRESS) : Promise.race([seen, tool.ended]));
  await use({ address: ADDRESS.exec(tool.written[out])?.[0] ?? '' });
  tool.child.kill('SIGINT');
  const { code } = await tool.ended;
  expect(code).toBe(0);
  return tool.written[out];
}

it('npm run preview -- --open serves the boards over the records of a file', async () => {
  const file = join(folder, 'records.json');
  const record = { actor: 'ann@example.com', action: 'User signed in', success: true, timeEpoch: NOW };
  writeFileSync(file, JSON.stringify([{ stream: 'audit-logs', record }]));

  await withPage(startTool('preview', ['--open', file]), 'stdout', async (page) => {
    const board = await boardOf(page, 'audit-insights');
    expect(board.data).toMatchObject({ origin: 'records.json', logs: 1, inventedCountries: false });
    expect(resultIn(board, 'Login attempts')).toMatchObject({ value: 1 });
    expect(await (await fetch(page.address)).text()).toContain('<script src="page.js"');
    expect((await fetch(`${page.address}page.js`)).status).toBe(200);
  });
});

it('npm start -- --open serves the boards over all logs of its runs, those of the forwarder included', async () => {
  const text = await withPage(startTool('start', ['--open']), 'stdout', async (page) => {
    expect(resultIn(await boardOf(page, 'overview'), 'Logs')).toMatchObject({ value: 5720 });
    expect(resultIn(await boardOf(page, 'forwarder-health'), 'Runs')).toMatchObject({ value: 3 });
    const signals = resultIn(await boardOf(page, 'overview'), 'Signals');
    expect(signals.kind === 'value' && signals.value).toBeGreaterThan(100);
  });
  expect(text).not.toContain('npm start -- --open');
});

it('npm start ends with an invitation, and with --json has nothing but the result on stdout', async () => {
  const [plain, json] = [await runTool('start', []), await runTool('start', ['--json'])];

  expect(plain.stdout.trimEnd().split('\n').at(-1)).toContain('npm start -- --open');
  expect(json.stdout.trimEnd().split('\n')).toHaveLength(1);
});

it('npm start -- --live --dry-run --open serves the last records of a tenant, and sends nothing', async () => {
  const key = 'a-key-of-this-test';
  const valence = await startValenceApi({ apiKey: key });
  const second = Math.floor(Date.now() / 1000) - 3600;
  valence.auditLogs.add([{ actor: 'ann@example.com', action: 'User signed in', timeEpoch: second }]);
  const environment = {
    VALENCE_API_KEY: key,
    VALENCE_BASE_URL: valence.origin,
    // Nothing listens there.
    DATADOG_INTAKE_URL: 'http://127.0.0.1:1',
    DATADOG_API_URL: 'http://127.0.0.1:1',
  };
  try {
    const tool = startTool('start', ['--live', '--dry-run', '--open'], environment);
    await withPage(tool, 'stderr', async (page) => {
      const board = await boardOf(page, 'audit-insights');
      expect(board.data.inventedCountries).toBe(false);
      expect(resultIn(board, 'Login attempts')).toMatchObject({ value: 1 });
    });
    expect(tool.written.stdout).toBe('');
  } finally {
    await valence.close();
  }
});

it('npm start -- --live --open is refused: what was sent is in Datadog', async () => {
  const { code, stderr } = await runTool('start', ['--live', '--open']);

  expect(code).toBe(1);
  expect(stderr).toContain('--live --dry-run --open');
});
