import { describe, expect } from 'vitest';
import { VERSION } from '../../../../lambda/shared/version.ts';
import { printed, startTool } from '../../../support/operator/run-tool.ts';
import { nowSeconds } from '../../../support/operator/scene.ts';
import { it } from '../../../support/operator/scene-test.ts';

const HOUR = 3600;
const DAY = 86_400;

const finishedRun = (at: number, id: string, status: string, error: object | null = null) => ({
  at,
  line: {
    event: 'run-finished',
    message: 'A sentence that may change.',
    run_id: id,
    status,
    streams: {
      alerts: {
        fetched: 9,
        forwarded: 7,
        duplicates: 2,
        quarantined: 0,
        watermark: at,
        caughtUp: true,
        skipped: null,
        error,
      },
    },
  },
});

describe('status', () => {
  it('reports the progress, the stored state and the next run of every stream', async ({ scene }) => {
    const watermark = nowSeconds() - 200;
    const finalWatermark = watermark - DAY;
    await scene.leaveState('alerts', { watermark, finalWatermark });
    await scene.store.appendLedger(
      'alerts',
      { hour: Math.floor(watermark / HOUR), fence: 1, sequence: 0, entries: new Uint8Array(9 + 3 * 30) },
      watermark + DAY,
    );
    scene.account.logs.push(finishedRun(nowSeconds() - 30, 'run-1', 'partial'));

    const result = await scene.ops(['status', '--json']);
    const shown = await scene.ops(['status']);

    const [stack] = result.json().stacks;
    expect(stack).toMatchObject({
      stack: 'ValenceForwarder',
      version: VERSION,
      schedule: { expression: 'rate(5 minutes)', enabled: true },
    });
    expect(stack.streams).toMatchObject([
      {
        tenant: 'acme',
        stream: 'alerts',
        watermark,
        finalWatermark,
        lag: 'ok',
        lastRun: 'partial',
        leasedUntil: null,
        ledger: { chunks: 1, entries: 3, hours: 1 },
        quarantined: 0,
      },
      { stream: 'audit-logs', watermark: null, lastRunAt: null, nextRunAt: null },
    ]);
    expect(stack.streams[0].nextRunAt).toBe(stack.streams[0].lastRunAt + 300);
    expect(result.code).toBe(0);
    expect(shown.stdout).toMatch(/tenant +stream +watermark[\s\S]*acme +alerts[\s\S]*no run yet/);
    expect(shown.stdout).toContain(`ValenceForwarder has version ${VERSION}.`);
  });

  it('ends with 1 when a stream is critical, also with --json', async ({ scene }) => {
    await scene.leaveState('alerts', { watermark: nowSeconds() - 3 * DAY });

    const [text, json] = [await scene.ops(['status']), await scene.ops(['status', '--json'])];

    expect(json.json().stacks[0].streams[0].lag).toBe('critical');
    expect([text.code, json.code]).toEqual([1, 1]);
  });

  it('covers the forwarders of all tenants', async ({ scene }) => {
    const [stack] = scene.account.stacks;
    if (stack)
      scene.account.stacks = ['a', 'b'].map((tenant) => ({ ...stack, name: `ValenceForwarder-${tenant}` }));

    const { stacks } = (await scene.ops(['status', '--json'])).json();

    expect(stacks.map(({ stack: name }: { stack: string }) => name)).toEqual([
      'ValenceForwarder-a',
      'ValenceForwarder-b',
    ]);
  });
});

describe('status --watch', () => {
  it('continues after a temporary failure, and ends at a lasting one', async ({ scene }) => {
    const { dynamoDb } = scene.aws;
    await scene.leaveState('alerts', { watermark: nowSeconds() - 200 });

    const watching = startTool('ops', ['status', '--watch', '1', '--json'], scene.awsEnvironment);
    await printed(watching, /"stacks"/);
    dynamoDb.intercept = () => ({ error: 'ThrottlingException' });
    await printed(watching, /"state-throttled"/);
    dynamoDb.intercept = undefined;
    await printed(watching, /"state-throttled"[\s\S]*"stacks"/);
    dynamoDb.intercept = () => ({ error: 'AccessDeniedException' });
    const { code, json, stderr } = await watching.ended;

    expect(json().error.code).toBe('state-denied');
    expect(stderr).toMatch(/throttled[\s\S]*denied/);
    expect(code).toBe(1);
  });

  it('has no ledger that could not be read in its memory', async ({ scene }) => {
    const { dynamoDb } = scene.aws;
    await scene.leaveState('alerts', { watermark: nowSeconds() - 200 });
    dynamoDb.intercept = (operation) =>
      operation === 'Query' ? { error: 'ThrottlingException' } : undefined;

    const watching = startTool('ops', ['status', '--watch', '1', '--json'], scene.awsEnvironment);
    await printed(watching, /"state-throttled"/);
    dynamoDb.intercept = undefined;
    await printed(watching, /"stacks"/);
    watching.child.kill();

    expect((await watching.ended).stderr).toContain('throttled');
  });
});

describe('tail', () => {
  it('reads lines without an event, as earlier versions wrote them', async ({ scene }) => {
    const { at, line } = finishedRun(nowSeconds() - 60, 'run-1', 'failed', {
      code: 'source-status',
      message: 'Valence answered 500.',
    });
    const { event: _, ...withoutEvent } = line;
    scene.account.logs.push({ at, line: { ...withoutEvent, message: 'Run finished.' } });

    const result = await scene.ops(['tail', '--json']);

    expect(result.json().runs).toMatchObject([{ runId: 'run-1', status: 'failed' }]);
  });

  it('shows the last runs, and of those that failed or were killed why', async ({ scene }) => {
    const now = nowSeconds();
    scene.account.logs.push(
      finishedRun(now - 900, 'run-1', 'ok'),
      finishedRun(now - 600, 'run-2', 'failed', { code: 'source-status', message: 'Valence answered 500.' }),
      { at: now - 599, line: { type: 'platform.report', record: { requestId: 'run-2', status: 'error' } } },
      { at: now - 300, line: { type: 'platform.report', record: { requestId: 'run-3', status: 'timeout' } } },
      { at: now - 200, line: { type: 'platform.report', record: { requestId: 'run-1', status: 'success' } } },
    );

    const all = await scene.ops(['tail', '--json']);
    const failed = await scene.ops(['tail', '--failed']);

    expect(
      all.json().runs.map(({ runId, status }: { runId: string; status: string }) => [runId, status]),
    ).toEqual([
      ['run-1', 'ok'],
      ['run-2', 'failed'],
      ['run-3', 'killed'],
    ]);
    expect(failed.stdout).not.toContain('run-1');
    expect(failed.stdout).toMatch(
      /run-2[\s\S]*source-status: Valence answered 500[\s\S]*run-3 {2}ended by Lambda: timeout/,
    );
  });
});
