import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../tools/doctor/finding.ts';
import { RESOURCES } from '../../../../tools/run-locally/resources.ts';
import { byName, wrong } from '../../../support/operator/findings.ts';
import { DATADOG_KEY, nowSeconds, SCHEDULE_KEY, VALENCE_KEY } from '../../../support/operator/scene.ts';
import { openHealthyScene, openScene } from '../../../support/operator/scene-test.ts';

const HOUR = 3600;

describe('npm run ops -- doctor', () => {
  it('finds nothing wrong with a forwarder that is well', async () => {
    const scene = await openHealthyScene();

    const result = await scene.ops(['doctor', '--json']);

    const { findings } = result.json();
    expect(wrong(findings)).toEqual([]);
    for (const name of ['aws.table', 'aws.bucket'])
      expect(byName(findings)[name]).toMatchObject({ level: 'ok' });
    expect(result.code).toBe(0);
    expect(Object.keys(byName(findings))).toEqual(
      expect.arrayContaining([
        'aws.credentials',
        'aws.stack',
        'aws.version',
        'aws.table',
        'aws.bucket',
        'aws.quarantine',
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

  it.each([
    ['0.0.1', 'version 0.0.1'],
    [undefined, 'an earlier version'],
  ])('warns of a forwarder of another version than the tools: %s', async (version, shown) => {
    const scene = await openScene();
    const [stack] = scene.account.stacks;
    const { Version: _, ...others } = stack?.outputs ?? {};
    if (stack) stack.outputs = { ...others, ...(version !== undefined && { Version: version }) };

    const { findings } = (await scene.ops(['doctor', '--json'])).json();

    expect(byName(findings)['aws.version']).toMatchObject({
      level: 'warn',
      message: expect.stringContaining(shown),
    });
  });

  it('reports how a table and a bucket that existed before the stack differ from its own', async () => {
    const { aws, ops } = await openScene();
    aws.dynamoDb.timeToLive = undefined;
    Object.assign(aws.s3.settings, { versioning: 'Suspended', policy: undefined });

    const findings: Finding[] = (await ops(['doctor', '--json'])).json().findings;
    Object.assign(aws.s3.settings, { policy: '{"Statement":[{"Effect":"Allow"}]}' });
    aws.dynamoDb.intercept = (operation) =>
      operation === 'DescribeTimeToLive' ? { error: 'AccessDeniedException' } : undefined;
    const denied: Finding[] = (await ops(['doctor', '--json'])).json().findings;

    const storage = (all: Finding[]) => all.filter(({ name }) => /^aws\.(table|bucket)$/.test(name));
    expect(storage(findings)).toMatchObject([
      { level: 'warn', message: expect.stringContaining('keeps the ledger for ever') },
      { level: 'warn', message: expect.stringContaining('keeps no former versions') },
      { level: 'warn', message: expect.stringContaining('no policy that refuses requests without TLS') },
    ]);
    expect(storage(denied)).toMatchObject([
      {
        level: 'warn',
        message: expect.stringContaining('not checked'),
        fix: expect.stringContaining('dynamodb:DescribeTimeToLive'),
      },
      {},
      { message: expect.stringContaining('no policy that refuses') },
    ]);
  });

  it('quotes the name of a table in a command', async () => {
    const { account, aws, ops } = await openScene();
    for (const stack of account.stacks) stack.outputs = { ...stack.outputs, StateTable: 'table;id' };
    aws.dynamoDb.timeToLive = undefined;

    const { findings } = (await ops(['doctor', '--json', '--existing', 'table;id'])).json();

    expect(byName(findings)['aws.table']?.fix).toContain(` --table-name 'table;id' `);
  });

  it('counts quarantined objects of other tenants with two lists', async () => {
    const { aws, ops } = await openScene();
    const put = (tenant: string, count: number) => {
      for (let n = 0; n < count; n++) {
        aws.s3.objects.set(
          `${RESOURCES.QUARANTINE_BUCKET}/quarantine/${tenant}/alerts/${1000 + n}.json.gz`,
          Buffer.from(''),
        );
      }
    };
    const found = async () => {
      const findings: Finding[] = (await ops(['doctor', '--json'])).json().findings;
      return byName(findings)['aws.quarantine'];
    };
    put('acme', 1500);
    expect(await found()).toMatchObject({ level: 'ok' });

    put('aardvark', 2);
    put('acme-europe', 3);
    expect(await found()).toMatchObject({
      level: 'warn',
      message: expect.stringMatching(/^5 quarantined objects .*\(aardvark, acme-europe\)/),
    });

    put('zebra', 1200);
    expect(await found()).toMatchObject({ message: expect.stringMatching(/^at least 1005 quarantined/) });
  });

  it('names all that is wrong at once, each with its fix', async () => {
    const scene = await openHealthyScene();
    const { account, aws, datadog } = scene;
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

  it('F61 reports a state item that is not valid', async () => {
    const scene = await openHealthyScene();
    await scene.leaveState('alerts', { watermark: nowSeconds() + 600 });
    await scene.holdLease('audit-logs', HOUR);

    const result = await scene.ops(['doctor', '--json']);

    const { findings } = result.json();
    expect(wrong(findings)).toEqual(['state.alerts', 'state.audit-logs']);
    expect(result.code).toBe(1);
    expect(byName(findings)['state.alerts']).toMatchObject({
      message: expect.stringContaining('the watermark is in the future'),
      fix: expect.stringContaining('watermark set'),
    });
    expect(byName(findings)['state.audit-logs']).toMatchObject({
      message: expect.stringContaining('later than any run can set it'),
      fix: expect.stringContaining('leaseUntil'),
    });
  });

  it.each([
    ['half an hour', 0.5 * HOUR, 'ok'],
    ['two hours', 2 * HOUR, 'warn'],
    ['thirteen hours', 13 * HOUR, 'fail'],
  ])('takes a watermark that is %s behind for what it is', async (_, behind, level) => {
    const scene = await openScene();
    await scene.leaveState('audit-logs', { watermark: nowSeconds() - behind });

    const { findings } = (await scene.ops(['doctor', '--json'])).json();

    expect(byName(findings)['state.audit-logs']).toMatchObject({
      level,
      ...(level !== 'ok' && { fix: expect.stringContaining('docs/runbook.md') }),
    });
  });

  it('reports that the deployed function cannot start its check', async () => {
    const scene = await openHealthyScene();
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
