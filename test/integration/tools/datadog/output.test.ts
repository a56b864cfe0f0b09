import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DatadogApi, startDatadogApi } from '../../../../tools/stand-ins/datadog/api.ts';
import { DATADOG_KEYS, datadogEnvironment } from '../../../support/datadog/api-client.ts';
import { runTool } from '../../../support/operator/run-tool.ts';

let datadog: DatadogApi;
let folder: string;

beforeEach(async () => {
  datadog = await startDatadogApi(DATADOG_KEYS);
  folder = await mkdtemp(join(tmpdir(), 'datadog-'));
});
afterEach(async () => {
  await datadog.close();
  await rm(folder, { recursive: true });
});

test('an export replaces no file unless that is wanted, and then says so by --force', async () => {
  const run = (...args: string[]) => runTool('datadog', ['export', folder, ...args]);
  const first = await run('--json');
  const { files, paths } = first.json();
  await writeFile(files[0], 'changed by hand');

  const refused = await run('--json');
  const kept = await readFile(files[0], 'utf8');
  const forced = await run('--force');

  expect(first.stdout.trimEnd()).not.toContain('\n');
  expect(paths).toMatchObject({ dashboards: '/api/v1/dashboard' });
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.json().error.message).toMatch(/would be replaced\. Nothing was written\..*--force/);
  expect(kept).toBe('changed by hand');
  expect(forced.code).toBe(0);
  expect(await readFile(files[0], 'utf8')).not.toBe(kept);
});

test('plan and order print nothing but JSON with --json', async () => {
  const environment = datadogEnvironment(datadog);

  const plan = await runTool('datadog', ['plan', '--json'], environment);
  const order = await runTool('datadog', ['order', '--json'], environment);

  expect(JSON.parse(plan.stdout).lines).toContainEqual(
    expect.objectContaining({ action: 'create', kind: 'pipeline' }),
  );
  expect(JSON.parse(order.stdout).error).toMatchObject({
    code: 'local-run',
    message: expect.any(String),
    fix: '',
  });
});
