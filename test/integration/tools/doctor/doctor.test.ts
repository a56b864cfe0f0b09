import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../tools/doctor/finding.ts';
import { byName, fill, wrong } from '../../../support/operator/findings.ts';
import { npmRun } from '../../../support/operator/run-tool.ts';
import { DATADOG_KEY, VALENCE_KEY } from '../../../support/operator/scene.ts';
import { openScene } from '../../../support/operator/scene-test.ts';
import { RECORD_CONTENT } from '../../../support/records.ts';

const HOUR = 3600;
const KEYS = { VALENCE_API_KEY: VALENCE_KEY, DD_API_KEY: DATADOG_KEY };

/** Of an API whose range parameters no search would find. */
const DESCRIPTION = `
openapi: 3.0.3
info: { title: Valence, version: '1' }
paths:
  /api/v1/audit-logs:
    get:
      parameters:
        - { name: created-from, in: query, schema: { type: integer }, description: Epoch seconds }
        - { name: created-to, in: query, schema: { type: integer } }
        - { name: limit, in: query, schema: { type: integer } }
        - { name: cursor, in: query, schema: { type: string } }
      responses:
        '200':
          description: A page.
          content:
            application/json:
              schema:
                properties:
                  items: { type: array, items: { $ref: '#/components/schemas/AuditLog' } }
                  nextCursor: { type: string }
components:
  schemas:
    AuditLog: { type: object, properties: { actor: { type: string }, timeEpoch: { type: integer } } }
`;

describe('npm run doctor', () => {
  it('starts from its sources', async () => {
    const scene = await openScene();

    const result = await npmRun('doctor', ['--json'], scene.serviceEnvironment);

    expect(wrong(result.json().findings)).toEqual(['valence.key', 'datadog.key']);
    expect(result.code).toBe(1);
  });

  it('finds no problem with services that fit the default profile, and names every field', async () => {
    const scene = await openScene();
    fill(scene);

    const result = await scene.doctor(['--json'], KEYS);

    const { ok, findings, valenceApi } = result.json();
    expect(wrong(findings)).toEqual([]);
    expect({ ok, valenceApi, code: result.code }).toEqual({ ok: true, valenceApi: null, code: 0 });
    const names = findings.map(({ name }: Finding) => name);
    for (const stream of ['alerts', 'auditLogs']) {
      for (const field of ['path', 'itemsPath', 'date', 'fromParam', 'toParam', 'pageSize', 'pagination']) {
        expect(names).toContain(`valence.${stream}.${field}`);
      }
    }
    expect(names).toEqual(
      expect.arrayContaining([
        'valence.alerts.alertKey',
        'valence.alerts.creationTimestamp',
        'valence.auditLogs.timeEpoch',
        'datadog.key',
      ]),
    );
  });

  it('reports paths of redact at which no record has anything', async () => {
    const scene = await openScene();
    fill(scene);
    const redact = (remove: string[]) => ({ ...KEYS, REDACT: JSON.stringify({ remove }) });

    const right = await scene.doctor(['--json'], redact(['actor', 'alert.events[*].aux']));
    const wrongPath = await scene.doctor(['--json'], redact(['actor', 'alert.evnts[*].aux']));

    expect(byName(right.json().findings)['redact']).toMatchObject({ level: 'ok' });
    expect(byName(wrongPath.json().findings)['redact']).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('alert.evnts[*].aux'),
    });
    expect(wrongPath.json().ok).toBe(true);
  });

  it('shows neither keys nor records', async () => {
    const scene = await openScene({ reality: { itemsPath: 'data' } });
    fill(scene);

    const good = await scene.doctor([], KEYS);
    const refused = await scene.doctor([], {
      VALENCE_API_KEY: 'another-planted-key',
      DD_API_KEY: 'another-planted-key',
    });

    const written = [good, refused].map(({ stdout, stderr }) => stdout + stderr).join('\n');
    for (const secret of [VALENCE_KEY, DATADOG_KEY, 'another-planted-key', RECORD_CONTENT]) {
      expect(written).not.toContain(secret);
    }
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('VALENCE_API_KEY');
  });

  it.each<[string, object]>([
    [
      'a list under another name and a nested cursor',
      {
        itemsPath: 'data.records',
        pagination: { nextCursorPath: 'meta.nextToken', cursorParam: 'pageToken' },
      },
    ],
    ['times in milliseconds', { timeUnit: 'ms' }],
    ['times as text, under other names', { timeUnit: 'iso', fromParam: 'startTime', toParam: 'endTime' }],
    [
      'pages by offset, of another size parameter',
      { pageSizeParam: 'pageSize', pagination: { style: 'offset', offsetParam: 'skip' } },
    ],
    ['pages by number, from 0', { pagination: { style: 'page', pageParam: 'page', firstPage: 0 } }],
    ['pages by Link header, the body being the list', { itemsPath: '', pagination: { style: 'link' } }],
    ['other paths', { alerts: { path: '/api/v2/alerts' }, auditLogs: { path: '/v1/audit_logs' } }],
    ['no upper bound', { toParam: null }],
  ])('proposes the profile that fits an API with %s', async (_, reality) => {
    const scene = await openScene({ reality });
    fill(scene);

    const before = await scene.doctor(['--json'], KEYS);
    const { valenceApi } = before.json();
    const after = await scene.doctor(['--json'], {
      ...KEYS,
      VALENCE_API_PROFILE: JSON.stringify(valenceApi),
    });

    expect(before.code).toBe(1);
    expect(valenceApi).not.toBeNull();
    expect(wrong(after.json().findings)).toEqual([]);
    expect(after.json().valenceApi).toBeNull();
  });

  it('begins with the description of the API, in YAML', async () => {
    const scene = await openScene({ reality: { fromParam: 'created-from', toParam: 'created-to' } });
    fill(scene);
    const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
    const file = join(folder, 'valence.yaml');
    await writeFile(file, DESCRIPTION);

    const result = await scene.doctor(['--json', '--openapi', file], KEYS);
    await rm(folder, { recursive: true });

    const { findings, valenceApi } = result.json();
    expect(valenceApi).toEqual({ auditLogs: { fromParam: 'created-from', toParam: 'created-to' } });
    expect(byName(findings)['openapi.auditLogs']?.level).toBe('ok');
    expect(byName(findings)['openapi.alerts']?.level).toBe('warn');
    expect(result.code).toBe(1);
  });

  it('never writes by a description that gives a change for a list', async () => {
    const scene = await openScene();
    fill(scene);
    const change = (path: string) =>
      DESCRIPTION.replace('/api/v1/audit-logs:', `${path}:`).replace(
        'get:',
        `post:
      summary: Search audit logs
      requestBody: { content: { application/json: { schema: { required: [role], properties: { role: { enum: [Admin] } } } } } }`,
      );
    const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
    const file = join(folder, 'valence.yaml');
    const names: string[] = [];
    for (const path of ['/api/v1/users/42/role/audit-logs/..', '/api/v1/users/42/role/audit-logs']) {
      await writeFile(file, change(path));
      const result = await scene.doctor(['--json', '--openapi', file], KEYS);
      expect(result.code).toBe(0);
      names.push(
        ...result
          .json()
          .findings.filter(({ level }: Finding) => level === 'warn')
          .map(({ name }: Finding) => name),
      );
    }
    await rm(folder, { recursive: true });

    expect(names).toEqual(expect.arrayContaining(['openapi.paths', 'openapi.auditLogs']));
    expect(scene.valence.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('names the file that is no description', async () => {
    const scene = await openScene();

    const result = await scene.doctor(['--json', '--openapi', 'no-such-file.yaml'], KEYS);

    expect(result.json().error.message).toContain('no-such-file.yaml cannot be read as OpenAPI');
  });

  it('warns, without failing, about what it could not compare because there is no record', async () => {
    const scene = await openScene();

    const result = await scene.doctor(['--json'], KEYS);

    expect(result.code).toBe(0);
    expect(byName(result.json().findings)['valence.alerts.records']?.level).toBe('warn');
  });

  it('F24 reports that the clocks differ by more than the forwarder accepts', async () => {
    const scene = await openScene();
    fill(scene);
    scene.valence.clock = () => Date.now() - HOUR * 1000;

    const result = await scene.doctor(['--json'], KEYS);

    expect(byName(result.json().findings)['valence.alerts.date']?.level).toBe('fail');
  });

  it('F10 recognises a login page', async () => {
    const scene = await openScene();
    scene.valence.intercept = () => ({
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<html>',
    });

    const { findings } = (await scene.doctor(['--json'], KEYS)).json();

    expect(byName(findings)['valence.alerts.path']).toMatchObject({
      level: 'fail',
      message: expect.stringContaining('not JSON'),
    });
  });

  it('does not blame the path when there is no connection', async () => {
    const scene = await openScene();

    const { findings } = (
      await scene.doctor(['--json'], { ...KEYS, VALENCE_BASE_URL: 'http://127.0.0.1:9' })
    ).json();

    expect(byName(findings)['valence.alerts.path']).toMatchObject({
      level: 'fail',
      message: expect.stringContaining('No connection'),
      fix: expect.stringContaining('VALENCE_REGION'),
    });
  });

  it('names every missing key and where to get it', async () => {
    const scene = await openScene();

    const result = await scene.doctor([]);

    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/VALENCE_API_KEY is not set[\s\S]*DD_API_KEY is not set/);
  });

  it('names every wrong setting', async () => {
    const scene = await openScene();

    const result = await scene.doctor(['--json'], {
      ...KEYS,
      VALENCE_REGION: 'mars',
      DATADOG_SITE: 'nowhere',
    });

    expect(result.code).toBe(1);
    expect(result.json().error).toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/mars[\s\S]*nowhere/),
    });
  });
});
