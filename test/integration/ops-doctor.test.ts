import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../tools/doctor/finding.ts';
import { npmRun } from '../support/operator/run-tool.ts';
import {
  DATADOG_KEY,
  nowSeconds,
  SCHEDULE_KEY,
  type Scene,
  startScene,
  VALENCE_KEY,
} from '../support/operator/scene.ts';
import { ALERT_TYPE, alert, auditRecords, RECORD_CONTENT } from '../support/records.ts';

let scene: Scene;
afterEach(() => scene[Symbol.asyncDispose]());

const HOUR = 3600;
const KEYS = { VALENCE_API_KEY: VALENCE_KEY, DD_API_KEY: DATADOG_KEY };

/** Records of the last hours, so that ranges and pages can be told apart. */
function fill({ valence }: Scene): void {
  const newest = nowSeconds() - HOUR;
  valence.auditLogs.add(auditRecords(20, newest, 600));
  valence.alerts.add(Array.from({ length: 12 }, (_, n) => alert(newest - n * 600, `alert-${n}`)));
  valence.alertTypes.add([ALERT_TYPE, { ...ALERT_TYPE, vuid: 'type-2' }, { ...ALERT_TYPE, vuid: 'type-3' }]);
}

const byName = (findings: Finding[]) =>
  Object.fromEntries(findings.map((finding) => [finding.name, finding]));
const wrong = (findings: Finding[]) =>
  findings.filter(({ level }) => level === 'fail').map(({ name }) => name);

describe('npm run doctor', () => {
  it('starts from its sources', async () => {
    scene = await startScene();

    const result = await npmRun('doctor', ['--json'], scene.serviceEnvironment);

    expect(wrong(result.json().findings)).toEqual(['valence.key', 'datadog.key']);
    expect(result.code).toBe(1);
  });

  it('finds nothing wrong with services that are as the default profile says, and names every field', async () => {
    scene = await startScene();
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
        'valence.alerts.vuid',
        'valence.alerts.creationTimestamp',
        'valence.auditLogs.timeEpoch',
        'datadog.key',
      ]),
    );
  });

  it('shows neither keys nor records', async () => {
    scene = await startScene({ reality: { itemsPath: 'data' } });
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
    scene = await startScene({ reality });
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

  it('says what it could not compare while there is no record, which is nothing wrong', async () => {
    scene = await startScene();

    const result = await scene.doctor(['--json'], KEYS);

    expect(result.code).toBe(0);
    expect(byName(result.json().findings)['valence.alerts.records']?.level).toBe('warn');
  });

  it('F24 tells that the clocks differ by more than the forwarder puts up with', async () => {
    scene = await startScene();
    fill(scene);
    scene.valence.clock = () => Date.now() - HOUR * 1000;

    const result = await scene.doctor(['--json'], KEYS);

    expect(byName(result.json().findings)['valence.alerts.date']?.level).toBe('fail');
  });

  it('F10 takes a login page for what it is', async () => {
    scene = await startScene();
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

  it('sends nobody to look up a path when there is no connection', async () => {
    scene = await startScene();

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
    scene = await startScene();

    const result = await scene.doctor([]);

    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/VALENCE_API_KEY is not set[\s\S]*DD_API_KEY is not set/);
  });

  it('names every wrong setting', async () => {
    scene = await startScene();

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

describe('npm run ops -- doctor', () => {
  const healthy = async () => {
    scene = await startScene();
    fill(scene);
    const now = nowSeconds();
    for (const stream of ['alerts', 'audit-logs'] as const)
      await scene.leaveState(stream, { watermark: now - 200 });
    scene.account.logs.push({
      at: now - 60,
      line: { event: 'run-finished', run_id: 'run-1', status: 'ok', streams: {} },
    });
    return scene;
  };

  it('finds nothing wrong with a forwarder that is well', async () => {
    await healthy();

    const result = await scene.ops(['doctor', '--json']);

    const { findings } = result.json();
    expect(wrong(findings)).toEqual([]);
    expect(result.code).toBe(0);
    expect(Object.keys(byName(findings))).toEqual(
      expect.arrayContaining([
        'aws.credentials',
        'aws.stack',
        'aws.function',
        'secrets.valence',
        'secrets.datadog',
        'valence.key',
        'datadog.key',
        'function.state-table',
        'schedule',
        'state.alerts',
        'state.audit-logs',
        'run.last',
        'alarms',
      ]),
    );
    expect(result.stdout + result.stderr).not.toMatch(new RegExp(`${VALENCE_KEY}|${DATADOG_KEY}`));
  });

  it('names all that is wrong at once, each with its fix', async () => {
    const { account, aws, datadog } = await healthy();
    const now = nowSeconds();
    aws.secretsManager.secrets.set('valence-api-key', null);
    datadog.apiKey = 'rotated';
    account.schedules[SCHEDULE_KEY] = { expression: 'rate(5 minutes)', state: 'DISABLED' };
    account.alarms.push({
      name: 'ValenceForwarder-acme-errors',
      description: 'Runs fail.\n\nRunbook: https://example.com/runbook#errors',
    });
    account.logs.push({
      at: now - 30,
      line: {
        event: 'run-finished',
        run_id: 'run-2',
        status: 'failed',
        streams: {
          alerts: {
            fetched: 0,
            forwarded: 0,
            duplicates: 0,
            quarantined: 0,
            watermark: now,
            caughtUp: false,
            skipped: null,
            error: { code: 'source-refused-key', message: 'Valence refused the API key.' },
          },
        },
      },
    });

    const result = await scene.ops(['doctor', '--json']);

    const { findings } = result.json();
    expect(wrong(findings).sort()).toEqual([
      'alarms.acme-errors',
      'datadog.key',
      'run.last',
      'schedule',
      'secrets.valence',
    ]);
    expect(result.code).toBe(1);
    for (const finding of findings.filter(({ level }: Finding) => level === 'fail'))
      expect(finding.fix).not.toBe('');
    expect(byName(findings)['secrets.valence']?.fix).toContain('put-secret-value');
    expect(byName(findings)['run.last']?.message).toContain('source-refused-key');
  });

  it('F61 says that a state item cannot be true', async () => {
    await healthy();
    await scene.leaveState('alerts', { watermark: nowSeconds() + 600 });
    await scene.holdLease('audit-logs', HOUR);

    const result = await scene.ops(['doctor', '--json']);

    const { findings } = result.json();
    expect(wrong(findings)).toEqual(['state.alerts', 'state.audit-logs']);
    expect(result.code).toBe(1);
    expect(byName(findings)['state.alerts']).toMatchObject({
      message: expect.stringContaining('the watermark lies in the future'),
      fix: expect.stringContaining('watermark set'),
    });
    expect(byName(findings)['state.audit-logs']).toMatchObject({
      message: expect.stringContaining('later than any run can have set'),
      fix: expect.stringContaining('leaseUntil'),
    });
  });

  it.each([
    ['half an hour', 0.5 * HOUR, 'ok'],
    ['two hours', 2 * HOUR, 'warn'],
    ['thirteen hours', 13 * HOUR, 'fail'],
  ])('takes a watermark that is %s behind for what it is', async (_, behind, level) => {
    scene = await startScene();
    await scene.leaveState('audit-logs', { watermark: nowSeconds() - behind });

    const { findings } = (await scene.ops(['doctor', '--json'])).json();

    expect(byName(findings)['state.audit-logs']).toMatchObject({
      level,
      ...(level !== 'ok' && { fix: expect.stringContaining('docs/runbook.md') }),
    });
  });

  it('says that the deployed function cannot even start its check', async () => {
    await healthy();
    scene.account.functions['forwarder-function'] = {
      environment: scene.functionEnvironment,
      timeoutSeconds: 240,
      memoryMiB: 512,
      invoke: async () => {
        throw Object.assign(new Error('The configuration has one problem'), { name: 'ConfigError' });
      },
    };

    const { findings } = (await scene.ops(['doctor', '--json'])).json();

    expect(byName(findings)['function.check']).toMatchObject({
      level: 'fail',
      message: expect.stringContaining('ConfigError'),
    });
  });
});

describe('without what a command needs', () => {
  beforeEach(async () => {
    scene = await startScene();
  });

  const error = async (args: string[], environment?: Record<string, string>) => {
    const result = await scene.ops([...args, '--json'], environment);
    expect(result.code).toBe(1);
    return result.json().error;
  };

  it('says how to get credentials when there are none, and when they have expired', async () => {
    const none = await error(['status'], { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
    scene.account.refusal = 'ExpiredToken';
    const expired = await error(['status']);

    expect(none).toMatchObject({ code: 'aws-no-credentials', fix: expect.stringContaining('--profile') });
    expect(expired).toMatchObject({
      code: 'aws-credentials-expired',
      fix: expect.stringContaining('aws sso login'),
    });
  });

  it('says which region to name when there is none', async () => {
    expect(await error(['status'], { AWS_REGION: '' })).toMatchObject({ code: 'aws-no-region' });
  });

  it('names region and stacks when the stack is not there', async () => {
    const unknown = await error(['tail', '--stack', 'Forwarder']);
    scene.account.stacks.length = 0;
    const elsewhere = await error(['tail', '--region', 'eu-west-1']);

    expect(unknown.message).toBe(
      'There is no stack Forwarder in region us-east-1 of this account. There is ValenceForwarder.',
    );
    expect(elsewhere).toMatchObject({
      code: 'stack-not-found',
      message: expect.stringContaining('eu-west-1'),
    });
  });

  it('asks for a choice among several forwarders', async () => {
    const [stack] = scene.account.stacks;
    if (stack)
      scene.account.stacks = ['a', 'b'].map((tenant) => ({ ...stack, name: `ValenceForwarder-${tenant}` }));

    expect(await error(['tail'])).toMatchObject({
      code: 'stack-ambiguous',
      message: expect.stringContaining('ValenceForwarder-a, ValenceForwarder-b'),
    });
  });

  it('shows help with examples for an unknown command, without touching AWS', async () => {
    const result = await scene.ops(['repair']);

    expect(result.code).toBe(1);
    expect(result.stderr).toContain("unknown command 'repair'");
    expect(result.stderr).toContain('Examples:');
  });
});
