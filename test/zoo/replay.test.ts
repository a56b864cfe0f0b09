import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ApiReport } from '../../tools/doctor/report/api-report.ts';
import { findApi } from '../../tools/stand-ins/valence/apis/apis.ts';
import { npmRun } from '../support/operator/run-tool.ts';
import { diagnose } from './diagnose.ts';
import { reportedApi } from './replay/reported-api.ts';
import { visit } from './visit.ts';

const named = (name: string) => {
  const api = findApi(name);
  if (!api) throw new Error(name);
  return api;
};

/** As it would be read from a file. */
const published = (report: ApiReport): ApiReport => JSON.parse(JSON.stringify(report));

describe('the API of a report', () => {
  it.each([
    'newest-first',
    'no-content',
    'not-found-when-empty',
    'json-api',
    'java-dates',
    'key-parameter',
    'milliseconds',
    'odata-by-field',
    'no-upper-bound',
    'short-ranges',
    'page-numbers-from-1',
    'total-in-header',
    'header-cursor',
    'cursor-of-last-record',
    'cursor-for-ever',
    'end-cursor',
    'has-more',
    'cursor-alone',
    'no-alert-types',
  ])('wants of the doctor what %s wanted', async (name) => {
    const original = await diagnose(named(name));

    const api = reportedApi(published(original.report));
    const { profile } = await diagnose(api);

    // A report holds no value, so the API that repeats it ends its lists with another one.
    const expected = JSON.parse(JSON.stringify(original.profile).replace('"END"', '"*"'));
    expect(profile).toEqual(expected);
    expect(await visit(api, profile)).toMatchObject({ errors: [], missing: 0, excess: 0 });
  });

  it('repeats what the doctor was answered where it found no way in', async () => {
    const { openapi: _, ...api } = named('needs-version');
    const { report } = await diagnose(api);

    const again = await diagnose(reportedApi(published(report)));

    expect(again.report.endpoints.map(({ exchanges }) => exchanges.map(({ status }) => status))).toEqual(
      report.endpoints.map(({ exchanges }) => exchanges.map(({ status }) => status)),
    );
  });
});

it('npm run zoo -- --from FILE runs forwarder and doctor against it', async () => {
  const { report } = await diagnose(named('end-cursor'));
  const folder = await mkdtemp(join(tmpdir(), 'zoo-'));
  const file = join(folder, 'report.json');
  await writeFile(file, JSON.stringify(report));

  const { code, stdout } = await npmRun('zoo', ['--from', file]);
  await rm(folder, { recursive: true });

  expect(stdout).toContain('"endCursors": [');
  expect(stdout).toMatch(/With that profile: 0 records missing, 0 logs too many/);
  expect(code).toBe(0);
});
