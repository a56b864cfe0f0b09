import { describe, expect } from 'vitest';
import { nowSeconds, type Scene } from '../../../support/operator/scene.ts';
import { it as sceneTest } from '../../../support/operator/scene-test.ts';

const HOUR = 3600;
const DAY = 86_400;

interface Fixtures {
  /** Leaves a state whose final watermark is a day ago. */
  state: undefined;
  /** `npm run ops -- backfill --stream audit-logs --json ...args` */
  backfill: (...args: string[]) => ReturnType<Scene['ops']>;
}

const it = sceneTest.extend<Fixtures>({
  state: [
    async ({ scene }, use) => {
      const now = nowSeconds();
      await scene.leaveState('audit-logs', { watermark: now - 200, finalWatermark: now - DAY });
      await use(undefined);
    },
    { auto: true },
  ],
  backfill: async ({ scene }, use) =>
    use((...args) => scene.ops(['backfill', '--stream', 'audit-logs', '--json', ...args])),
});

describe('backfill', () => {
  const from = () => Math.floor((nowSeconds() - 40 * DAY) / HOUR) * HOUR;
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

  it('prints the command that follows the same range, also when it was asked for by lengths of time', async ({
    scene,
  }) => {
    scene.account.stateMachine.script = {
      running: [{ total: 2, pending: 1, running: 1 }],
      end: { status: 'SUCCEEDED', output: result },
    };
    const first = await scene.ops(['backfill', '--stream', 'audit-logs', '--from', '40d', '--to', '39d']);
    const [, command = ''] = /To follow it again: npm run ops -- (backfill .*)/.exec(first.stdout) ?? [];

    const [started] = scene.account.stateMachine.started as readonly { from: number; to: number }[];
    const iso = (seconds?: number) => new Date((seconds ?? 0) * 1000).toISOString().replace('.000Z', 'Z');

    expect(first.code).toBe(0);
    expect(command).toBe(
      `backfill --stream audit-logs --from ${iso(started?.from)} --to ${iso(started?.to)}`,
    );
  });

  it('starts the state machine with the range, follows it and reports its result', async ({
    backfill,
    scene,
  }) => {
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

  it('follows a backfill of the same range that is already running, instead of starting another', async ({
    backfill,
    scene,
  }) => {
    const to = nowSeconds();
    scene.account.stateMachine.atWork.push(`audit-logs-${from()}-${to}-1`);
    scene.account.stateMachine.script = { running: [], end: { status: 'SUCCEEDED', output: result } };

    const answer = await backfill('--from', String(from()), '--to', String(to));

    expect(scene.account.stateMachine.started).toEqual([]);
    expect(answer.json()).toMatchObject({ execution: expect.stringContaining(`${to}-1`), done: 2 });
  });

  it('fails and names the slices that are not complete', async ({ backfill, scene }) => {
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

  it('reports how an execution ended that failed as a whole', async ({ backfill, scene }) => {
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

  it('plans without starting anything: it leaves the range of the live run out, and reports time and cost', async ({
    backfill,
    scene,
  }) => {
    const to = nowSeconds();
    // Thirty-nine days and an hour: 937 hours, three in each slice.
    const finalWatermark = from() + 39 * DAY + HOUR;
    await scene.leaveState('audit-logs', { watermark: nowSeconds() - 200, finalWatermark });

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
    expect(plan).toMatchObject({
      from: from(),
      to: finalWatermark,
      askedTo: to,
      hours: 937,
      slices: 313,
      records: 1_000_000,
      concurrency: 4,
      pageSize: 1000,
      memoryMiB: 512,
      pages: 1469,
      seconds: 161,
    });
    expect(plan.usd.sum).toBeCloseTo(0.0700028, 7);
    expect(answer.code).toBe(0);
  });

  it('refuses a range that belongs to the live run', async ({ backfill }) => {
    const answer = await backfill('--from', String(nowSeconds() - HOUR), '--to', String(nowSeconds()));

    expect(answer.json().error.code).toBe('backfill-range');
  });

  it('refuses a range that ends before it begins, before it asks AWS', async ({ scene }) => {
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

  it('refuses what is no time and no stream before it asks AWS', async ({ scene }) => {
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
    expect(answer.stderr).toContain('Allowed choices are alerts, audit-logs.');
  });
});
