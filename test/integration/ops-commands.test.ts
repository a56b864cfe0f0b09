import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deadlineIn, systemClock } from '../../lambda/common/clock.ts';
import { s3Client } from '../../lambda/forwarder/aws/clients.ts';
import { s3Quarantine } from '../../lambda/forwarder/aws/quarantine-bucket.ts';
import { buildArtefact, startArtefact } from '../../local/artefact.ts';
import { RESOURCES } from '../../local/resources.ts';
import { STAND_IN_CLIENT } from '../support/aws-client.ts';
import { npmRun, startTool, told } from '../support/operator/run-tool.ts';
import {
  DATADOG_KEY,
  FUNCTION_NAME,
  nowSeconds,
  type Scene,
  startScene,
  VALENCE_KEY,
} from '../support/operator/scene.ts';
import { auditRecord, RECORD_CONTENT } from '../support/records.ts';

const HOUR = 3600;
const DAY = 86_400;

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

const finishedRun = (at: number, id: string, status: string, error: object | null = null) => ({
  at,
  line: {
    message: 'Run finished.',
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
  it('tells of every stream where it stands, what is kept of it and when it runs next', async () => {
    const watermark = nowSeconds() - 200;
    const finalWatermark = watermark - DAY;
    await scene.leaveState('alerts', { watermark, finalWatermark });
    await scene.store.appendLedger(
      'alerts',
      { hour: Math.floor(watermark / HOUR), fence: 1, sequence: 0, entries: new Uint8Array(1 + 3 * 32) },
      watermark + DAY,
    );
    scene.account.logs.push(finishedRun(nowSeconds() - 30, 'run-1', 'partial'));

    const result = await scene.ops(['status', '--json']);
    const shown = await scene.ops(['status']);

    const [stack] = result.json().stacks;
    expect(stack).toMatchObject({
      stack: 'ValenceForwarder',
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
  });

  it('covers the forwarders of all tenants', async () => {
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
  it('goes on after what passes by itself, and ends at what stays', async () => {
    const { dynamoDb } = scene.aws;
    await scene.leaveState('alerts', { watermark: nowSeconds() - 200 });

    const watching = startTool('ops', ['status', '--watch', '1', '--json'], scene.awsEnvironment);
    await told(watching, /"stacks"/);
    dynamoDb.intercept = () => ({ error: 'ThrottlingException' });
    await told(watching, /"state-throttled"/);
    dynamoDb.intercept = undefined;
    await told(watching, /"state-throttled"[\s\S]*"stacks"/);
    dynamoDb.intercept = () => ({ error: 'AccessDeniedException' });
    const { code, json, stderr } = await watching.ended;

    expect(json().error.code).toBe('state-denied');
    expect(stderr).toMatch(/throttled[\s\S]*denied/);
    expect(code).toBe(1);
  });

  it('has no ledger that could not be read in its memory', async () => {
    const { dynamoDb } = scene.aws;
    await scene.leaveState('alerts', { watermark: nowSeconds() - 200 });
    dynamoDb.intercept = (operation) =>
      operation === 'Query' ? { error: 'ThrottlingException' } : undefined;

    const watching = startTool('ops', ['status', '--watch', '1', '--json'], scene.awsEnvironment);
    await told(watching, /"state-throttled"/);
    dynamoDb.intercept = undefined;
    await told(watching, /"stacks"/);
    watching.child.kill();

    expect((await watching.ended).stderr).toContain('throttled');
  });
});

describe('npm run ops', () => {
  it('starts from its sources', async () => {
    const result = await npmRun('ops', ['status', '--json'], scene.awsEnvironment);

    expect(result.json().stacks).toMatchObject([{ stack: 'ValenceForwarder' }]);
    expect(result.code).toBe(0);
  });
});

describe('tail', () => {
  it('shows the last runs, and of those that failed or were killed why', async () => {
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

describe('watermark set', () => {
  const set = (...args: string[]) => scene.ops(['watermark', 'set', '--stream', 'alerts', '--json', ...args]);
  let watermark: number;
  beforeEach(async () => {
    watermark = nowSeconds() - 5 * HOUR;
    await scene.leaveState('alerts', { watermark, finalWatermark: watermark - DAY });
  });

  it('changes nothing unless it is confirmed', async () => {
    const result = await set('--to', String(watermark - HOUR));

    expect(result.json().error).toMatchObject({
      code: 'not-confirmed',
      fix: expect.stringContaining('--yes'),
    });
    expect((await scene.store.read('alerts'))?.watermark).toBe(watermark);
  });

  it('goes back, and takes the final watermark along only below it', async () => {
    const near = await set('--to', String(watermark - HOUR), '--yes');
    const afterNear = await scene.store.read('alerts');
    const far = await set('--to', String(watermark - 2 * DAY), '--yes');
    const afterFar = await scene.store.read('alerts');

    expect([near.code, far.code]).toEqual([0, 0]);
    expect(afterNear).toMatchObject({ watermark: watermark - HOUR, finalWatermark: watermark - DAY });
    expect(afterFar).toMatchObject({ watermark: watermark - 2 * DAY, finalWatermark: watermark - 2 * DAY });
  });

  it('skips ahead only when the loss is accepted', async () => {
    const to = watermark + HOUR;

    const refused = await set('--to', String(to), '--yes');
    const accepted = await set('--to', String(to), '--yes', '--accept-loss');

    expect(refused.json().error).toMatchObject({
      code: 'watermark-loss',
      fix: expect.stringContaining('backfill'),
    });
    expect(accepted.code).toBe(0);
    expect(await scene.store.read('alerts')).toMatchObject({ watermark: to, finalWatermark: to });
  });

  it('refuses a time that is yet to come', async () => {
    const result = await set('--to', String(nowSeconds() + HOUR), '--yes', '--accept-loss');

    expect(result.json().error.code).toBe('watermark-in-future');
  });

  it('never touches the state while a run holds the lease', async () => {
    await scene.holdLease('alerts', 300);

    const result = await set('--to', String(watermark - HOUR), '--yes');

    expect(result.json().error.code).toBe('lease-held');
    expect((await scene.store.read('alerts'))?.watermark).toBe(watermark);
  });

  it('does not go back to where a backfill is at work', async () => {
    scene.account.stateMachine.atWork.push('alerts-0-1-1');

    const result = await set('--to', String(watermark - HOUR), '--yes');

    expect(result.json().error.code).toBe('backfill-running');
    expect((await scene.store.read('alerts'))?.watermark).toBe(watermark);
  });

  it('leaves a run that is late to die unable to save', async () => {
    const now = nowSeconds();
    const answer = await scene.store.acquire({
      stream: 'alerts',
      owner: 'frozen',
      now,
      leaseUntil: now - 1,
      start: 0,
      slice: 3600,
    });
    if (answer.held) throw new Error('The lease is held.');

    const result = await set('--to', String(watermark - HOUR), '--yes');

    expect(result.code).toBe(0);
    await expect(scene.store.save(answer.lease, { ...answer.state, watermark: now })).rejects.toThrow(
      'taken over',
    );
  });
});

describe('backfill', () => {
  const from = () => Math.floor((nowSeconds() - 40 * DAY) / HOUR) * HOUR;
  const backfill = (...args: string[]) =>
    scene.ops(['backfill', '--stream', 'audit-logs', '--json', ...args]);
  const result = {
    stream: 'audit-logs',
    slices: 2,
    done: 2,
    fetched: 30,
    forwarded: 20,
    duplicates: 10,
    quarantined: 0,
    failures: [],
  };
  beforeEach(async () => {
    await scene.leaveState('audit-logs', {
      watermark: nowSeconds() - 200,
      finalWatermark: nowSeconds() - DAY,
    });
  });

  it('starts the state machine with the range, follows it and tells what came of it', async () => {
    scene.account.stateMachine.script = {
      running: [{ total: 2, pending: 1, running: 1 }],
      end: { status: 'SUCCEEDED', output: result },
    };
    const to = from() + 2 * HOUR;

    const answer = await backfill('--from', String(from()), '--to', new Date(to * 1000).toISOString());

    expect(scene.account.stateMachine.started).toEqual([{ stream: 'audit-logs', from: from(), to }]);
    expect(answer.json()).toMatchObject({
      stack: 'ValenceForwarder',
      slices: 2,
      done: 2,
      forwarded: 20,
      failures: [],
    });
    expect(answer.stderr).toContain('Filling audit-logs');
    expect(answer.code).toBe(0);
  });

  it('follows a backfill of the same range that is at work already, instead of starting another', async () => {
    const to = nowSeconds();
    scene.account.stateMachine.atWork.push(`audit-logs-${from()}-${to}-1`);
    scene.account.stateMachine.script = { running: [], end: { status: 'SUCCEEDED', output: result } };

    const answer = await backfill('--from', String(from()), '--to', String(to));

    expect(scene.account.stateMachine.started).toEqual([]);
    expect(answer.json()).toMatchObject({ execution: expect.stringContaining(`${to}-1`), done: 2 });
  });

  it('fails and names the slices that are not complete', async () => {
    const slice = {
      start: from(),
      from: from() + 60,
      to: from() + HOUR,
      failure: { error: 'RunFailed', cause: 'Valence answered 500.' },
    };
    scene.account.stateMachine.script = {
      running: [],
      end: { status: 'SUCCEEDED', output: { ...result, done: 1, failures: [slice] } },
    };

    const answer = await backfill('--from', String(from()), '--to', String(from() + 2 * HOUR));

    expect(answer.json().failures).toMatchObject([slice]);
    expect(answer.code).toBe(1);
  });

  it('says how an execution ended that failed as a whole', async () => {
    scene.account.stateMachine.script = {
      running: [],
      end: { status: 'FAILED', error: 'NoRange', cause: 'The input is wrong.' },
    };

    const answer = await backfill('--from', String(from()), '--to', String(from() + HOUR));

    expect(answer.json().error).toMatchObject({
      code: 'backfill-failed',
      message: expect.stringContaining('NoRange'),
    });
    expect(answer.code).toBe(1);
  });

  it('plans without starting anything: what belongs to the live run is cut off, time and cost are told', async () => {
    const to = nowSeconds();

    const answer = await backfill(
      '--from',
      String(from()),
      '--to',
      String(to),
      '--records',
      '1000000',
      '--dry-run',
    );

    const plan = answer.json();
    expect(scene.account.stateMachine.started).toEqual([]);
    expect(plan.to).toBeLessThan(to - DAY + 60);
    expect(plan).toMatchObject({ askedTo: to, records: 1_000_000, concurrency: 4, pageSize: 1000 });
    expect(plan.slices).toBeLessThanOrEqual(500);
    expect(plan.seconds).toBeGreaterThan(0);
    expect(plan.usd.sum).toBeGreaterThan(0);
    expect(answer.code).toBe(0);
  });

  it('refuses a range that belongs to the live run', async () => {
    const answer = await backfill('--from', String(nowSeconds() - HOUR), '--to', String(nowSeconds()));

    expect(answer.json().error.code).toBe('backfill-range');
  });

  it('refuses a range that ends before it begins, before it asks AWS', async () => {
    const range = ['--from', String(from()), '--to', String(from() - 1)];

    const answer = await scene.ops(['backfill', '--stream', 'audit-logs', '--json', ...range], {
      AWS_REGION: '',
    });

    expect(answer.json().error).toMatchObject({
      code: 'backfill-range',
      message: '--from is not before --to.',
    });
    expect(answer.code).toBe(1);
  });

  it('refuses what is no time and no stream before it asks AWS', async () => {
    const answer = await scene.ops([
      'backfill',
      '--stream',
      'logs',
      '--from',
      'yesterday',
      '--to',
      '2026-01-01',
    ]);

    expect(answer.code).toBe(1);
    expect(answer.stderr).toContain('Allowed: alerts, audit-logs.');
  });
});

describe('wrong arguments', () => {
  it.each([
    [['status', '--bogus'], "unknown option '--bogus'"],
    [['fix'], "unknown command 'fix'"],
    [['tail', '--since', 'yesterday'], 'Give a length such as'],
    [[], 'No command was named'],
  ])('%j are told for programs on stdout and for people on stderr', async (args, message) => {
    const answer = await scene.ops([...args, '--json']);

    expect(answer.json().error).toMatchObject({ code: 'usage', message: expect.stringContaining(message) });
    expect(answer.stderr).toContain('Usage:');
    expect(answer.code).toBe(1);
  });
});

describe('replay', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ops-artefact-'));
    await buildArtefact(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  /** The function as it is deployed, at the other end of Lambda. */
  function deployFunction(): void {
    const environment = { ...scene.aws.environment, ...scene.functionEnvironment };
    const artefact = startArtefact({ folder, environment, logFile: join(folder, 'log') });
    closing.push(() => artefact.close());
    scene.account.functions[FUNCTION_NAME] = {
      environment: scene.functionEnvironment,
      timeoutSeconds: 240,
      memoryMiB: 512,
      invoke: (event) => artefact.invoke(event),
    };
  }

  async function quarantine(count: number): Promise<void> {
    const { origin } = scene.aws.s3;
    const client = () => s3Client({ ...STAND_IN_CLIENT, endpoint: origin, forcePathStyle: true });
    const archive = s3Quarantine({ bucket: RESOURCES.QUARANTINE_BUCKET, tenant: 'acme', client });
    const time = nowSeconds() - HOUR;
    for (let index = 0; index < count; index++) {
      await archive.put(
        {
          stream: 'audit-logs',
          record: auditRecord(time, `user-${index}`),
          fingerprint: index.toString(16).padStart(32, '0'),
          reason: index === 0 ? 'Datadog answered 413.' : 'Datadog answered 400.',
          httpStatus: index === 0 ? 413 : 400,
          quarantinedAt: new Date().toISOString(),
        },
        time,
        { deadline: deadlineIn(systemClock, 10_000) },
      );
    }
  }

  it('tells without sending anything how many records there are, and why', async () => {
    await quarantine(3);

    const answer = await scene.ops(['replay', '--dry-run', '--json']);

    expect(answer.json()).toMatchObject({
      objects: 3,
      reasons: [
        { reason: 'Datadog answered 400.', httpStatus: 400, objects: 2 },
        { reason: 'Datadog answered 413.', httpStatus: 413, objects: 1 },
      ],
    });
    expect(scene.aws.s3.objects.size).toBe(3);
    expect(answer.stdout).not.toContain(RECORD_CONTENT);
  });

  it('sends what Datadog now takes until nothing is left', async () => {
    await quarantine(3);
    deployFunction();

    const answer = await scene.ops(['replay', '--json']);

    expect(answer.json()).toMatchObject({ objects: 3, sent: 3, remaining: 0, reasons: [] });
    expect(answer.code).toBe(0);
    expect(scene.datadog.accepted).toBe(3);
    expect(scene.aws.s3.objects.size).toBe(0);
  });

  it('replays only what stands below a prefix', async () => {
    await quarantine(2);
    deployFunction();

    const answer = await scene.ops(['replay', '--prefix', 'alerts/', '--json']);

    expect(answer.json()).toMatchObject({ prefix: 'quarantine/acme/alerts/', objects: 0, sent: 0 });
    expect(scene.aws.s3.objects.size).toBe(2);
  });

  it('goes on where time ran out, past what is refused again', async () => {
    await quarantine(3);
    const events: unknown[] = [];
    const answers = [
      { objects: 3, sent: 0, remaining: 3, next: 'quarantine/acme/audit-logs/x' },
      { objects: 2, sent: 2, remaining: 0 },
    ];
    scene.account.functions[FUNCTION_NAME] = {
      environment: scene.functionEnvironment,
      timeoutSeconds: 240,
      memoryMiB: 512,
      invoke: async (event) => answers[events.push(event) - 1],
    };

    const answer = await scene.ops(['replay', '--json']);

    const event = { action: 'replay', prefix: 'quarantine/acme/' };
    expect(events).toEqual([event, { ...event, after: 'quarantine/acme/audit-logs/x' }]);
    expect(answer.json()).toMatchObject({ sent: 2 });
  });

  it('stops with a failure when Datadog refuses the rest again', async () => {
    await quarantine(1);
    deployFunction();
    scene.datadog.intercept = ({ body, path }) =>
      path === '/api/v2/logs' && body.length > 0 ? { status: 400, body: '{}' } : undefined;

    const answer = await scene.ops(['replay', '--json']);

    expect(answer.code).toBe(1);
    expect(scene.aws.s3.objects.size).toBe(1);
    expect(answer.stdout + answer.stderr).not.toMatch(
      new RegExp(`${VALENCE_KEY}|${DATADOG_KEY}|${RECORD_CONTENT}`),
    );
  });
});
