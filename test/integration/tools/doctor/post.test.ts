import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isObject, type JsonObject } from '../../../../lambda/shared/json.ts';
import type { ZooApi } from '../../../../tools/stand-ins/valence/apis/api.ts';
import { findApi } from '../../../../tools/stand-ins/valence/apis/apis.ts';
import { usualRecords } from '../../../../tools/stand-ins/valence/apis/usual-records.ts';
import { byName } from '../../../support/operator/findings.ts';
import { DATADOG_KEY, nowSeconds, VALENCE_KEY } from '../../../support/operator/scene.ts';
import { openScene } from '../../../support/operator/scene-test.ts';
import { startFilledApi } from '../../../zoo/filled-api.ts';

function named(name: string): ZooApi {
  const api = findApi(name);
  if (!api) throw new Error(`The zoo lacks ${name}.`);
  return api;
}

/** Starts an API of the zoo with the usual records. */
const started = (api: ZooApi) =>
  startFilledApi(api, { apiKey: VALENCE_KEY, records: usualRecords(nowSeconds()) });

it('npm run doctor -- --openapi proposes the exchange of a description, once the operator allowed it', async () => {
  const api = named('exchange-described');
  const scene = await openScene();
  await using server = await started(api);
  const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  const file = join(folder, 'valence.json');
  await writeFile(file, JSON.stringify(api.openapi));

  const settings = {
    VALENCE_API_KEY: VALENCE_KEY,
    DD_API_KEY: DATADOG_KEY,
    VALENCE_BASE_URL: server.origin,
  };
  const run = (...args: string[]) => scene.doctor(['--json', '--openapi', file, ...args], settings);
  const first = await run();
  const posts = () => server.requests.filter(({ method }) => method === 'POST');
  const postsUnasked = posts().length;
  const [, line = ''] = /^ {2}--send-keys-to '(POST .*)'$/m.exec(first.stderr) ?? [];
  const result = await run('--send-keys-to', line);
  await rm(folder, { recursive: true });

  expect(postsUnasked).toBe(0);
  expect(first.code).toBe(1);
  expect(line).toContain(`POST ${server.origin}/api/v1/auth/session`);
  expect(byName(first.json().findings)['openapi.auth']?.fix).toContain(`--send-keys-to '${line}'`);
  expect(result.json().valenceApi).toEqual(api.profile);
  expect(result.stdout + result.stderr).not.toContain(VALENCE_KEY);
});

it('npm run doctor sends a POST to its own path only, also while it explains why the key is refused', async () => {
  const api = named('post-search');
  const scene = await openScene();
  await using server = await started(api);

  const result = await scene.doctor(['--json'], {
    VALENCE_API_KEY: 'wrong-key',
    DD_API_KEY: DATADOG_KEY,
    VALENCE_BASE_URL: server.origin,
    VALENCE_API_PROFILE: JSON.stringify(api.profile),
  });

  const paths = server.requests.filter(({ method }) => method === 'POST').map(({ path }) => path);
  expect(new Set(paths)).toEqual(new Set(['/api/v1/alerts', '/api/v1/audit-logs', '/api/v1/alert-types']));
  expect(byName(result.json().findings)['valence.alerts.auth']?.message).toContain(
    'the path /api/v1/alerts exists is unknown',
  );
});

it('npm run doctor keeps every fixed value of a POST, whatever it tries', async () => {
  const api = named('post-search');
  const scene = await openScene();
  const bodies: JsonObject[] = [];
  const answer: ZooApi['answer'] = (list) => {
    bodies.push(list.json);
    return api.answer(list);
  };
  await using server = await started({ ...api, answer });
  // `start` is also the name of a bound, and `filter` that of an expression, which the doctor tries.
  const params = { start: false, 'filter.dryRun': true };

  await scene.doctor(['--json'], {
    VALENCE_API_KEY: VALENCE_KEY,
    DD_API_KEY: DATADOG_KEY,
    VALENCE_BASE_URL: server.origin,
    VALENCE_API_PROFILE: JSON.stringify({ method: 'POST', params }),
  });

  const isFixed = ({ start, filter }: JsonObject) =>
    start === false && isObject(filter) && filter['dryRun'] === true;
  const fixed = bodies.filter(isFixed);
  expect(fixed.length).toBeGreaterThan(20);
  expect(bodies.length - fixed.length).toBe(0);
});
