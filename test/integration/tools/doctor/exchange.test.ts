import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { KEYS } from '../../../../tools/stand-ins/valence/apis/keys.ts';
import { usualRecords } from '../../../../tools/stand-ins/valence/apis/usual-records.ts';
import { DATADOG_KEY, nowSeconds, VALENCE_KEY } from '../../../support/operator/scene.ts';
import { openScene } from '../../../support/operator/scene-test.ts';
import { startFilledApi } from '../../../zoo/filled-api.ts';

it('npm run doctor -- --openapi proposes the exchange of the key that the description has', async () => {
  const api = KEYS.find(({ name }) => name === 'exchange-described');
  if (!api) throw new Error('The zoo lacks this API.');
  const scene = await openScene();
  await using server = await startFilledApi(api, {
    apiKey: VALENCE_KEY,
    records: usualRecords(nowSeconds()),
  });
  const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  const file = join(folder, 'valence.json');
  await writeFile(file, JSON.stringify(api.openapi));

  const result = await scene.doctor(['--json', '--openapi', file], {
    VALENCE_API_KEY: VALENCE_KEY,
    DD_API_KEY: DATADOG_KEY,
    VALENCE_BASE_URL: server.origin,
  });
  await rm(folder, { recursive: true });

  expect(result.json().valenceApi).toEqual(api.profile);
  expect(result.stdout + result.stderr).not.toContain(VALENCE_KEY);
});
