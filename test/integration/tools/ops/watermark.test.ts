import { describe, expect } from 'vitest';
import { utc } from '../../../../tools/cli/format.ts';
import { nowSeconds, type Scene } from '../../../support/operator/scene.ts';
import { it as sceneTest } from '../../../support/operator/scene-test.ts';

const HOUR = 3600;
const DAY = 86_400;

interface Fixtures {
  /** The watermark of the stream alerts, in epoch seconds. */
  watermark: number;
  /** `npm run ops -- watermark set --stream alerts --json ...args` */
  set: (...args: string[]) => ReturnType<Scene['ops']>;
}

const it = sceneTest.extend<Fixtures>({
  watermark: [
    async ({ scene }, use) => {
      const watermark = nowSeconds() - 5 * HOUR;
      await scene.leaveState('alerts', {
        watermark,
        finalWatermark: watermark - DAY,
        sweepPosition: watermark - 12 * HOUR,
        sweepEnd: watermark - 11 * HOUR,
        freshEnd: watermark + 2 * HOUR,
        freshDoubtEnd: watermark + 60,
        sweepDoubtEnd: watermark - 11 * HOUR,
      });
      await use(watermark);
    },
    { auto: true },
  ],
  set: async ({ scene }, use) =>
    use((...args) => scene.ops(['watermark', 'set', '--stream', 'alerts', '--json', ...args])),
});

describe('watermark set', () => {
  it('changes nothing unless it is confirmed', async ({ scene, set, watermark }) => {
    const result = await set('--to', String(watermark - HOUR));

    expect(result.json().error).toMatchObject({
      code: 'not-confirmed',
      fix: expect.stringContaining('--yes'),
    });
    expect((await scene.store.read('alerts'))?.watermark).toBe(watermark);
  });

  it('says beforehand what it costs to go back, and what Datadog gets and bills again', async ({
    scene,
    set,
    watermark,
  }) => {
    const hour = Math.floor(watermark / HOUR);
    await scene.store.appendLedger(
      'alerts',
      { hour, fence: 1, sequence: 0, entries: new Uint8Array(9 + 3 * 30) },
      watermark + DAY,
    );

    const near = (await set('--to', '1d')).json().error.message;
    const far = (await set('--to', '30d')).json().error.message;

    expect(near).toMatch(
      /The runs would read 19 h( \d+ s)? again: about 5[79] records in \d+ requests to Valence, .* of the function and under 0\.01 US dollars in AWS\./,
    );
    expect(near).toContain('What the ledger holds is not sent again');
    expect(far).toMatch(
      /The ledger may have lost what is older than \S+: the records of 17 d.*, about 1,2\d\d, would be sent again, marked possible_duplicate, and Datadog bills them again\. Nothing was changed\./,
    );
  });

  it('goes back, and moves the final watermark only if that is above it', async ({
    scene,
    set,
    watermark,
  }) => {
    const near = await set('--to', String(watermark - HOUR), '--yes');
    const afterNear = await scene.store.read('alerts');
    const far = await set('--to', String(watermark - 2 * DAY), '--yes');
    const afterFar = await scene.store.read('alerts');

    expect([near.code, far.code]).toEqual([0, 0]);
    const before = {
      freshEnd: watermark + 2 * HOUR,
      freshDoubtEnd: watermark + 60,
      sweepDoubtEnd: watermark - 11 * HOUR,
    };
    expect(afterNear).toMatchObject({
      ...before,
      watermark: watermark - HOUR,
      finalWatermark: watermark - DAY,
      sweepPosition: watermark - 12 * HOUR,
      sweepEnd: watermark - 11 * HOUR,
    });
    expect(afterFar).toMatchObject({
      ...before,
      watermark: watermark - 2 * DAY,
      finalWatermark: watermark - 2 * DAY,
      sweepPosition: watermark - 2 * DAY,
      sweepEnd: watermark - 2 * DAY,
    });
  });

  it('skips ahead only when the loss is accepted', async ({ scene, set, watermark }) => {
    const to = watermark + HOUR;

    const refused = await set('--to', String(to), '--yes');
    const accepted = await set('--to', String(to), '--yes', '--accept-loss');

    expect(refused.json().error).toMatchObject({
      code: 'watermark-loss',
      fix: expect.stringContaining('backfill'),
    });
    expect(accepted.code).toBe(0);
    expect(await scene.store.read('alerts')).toMatchObject({
      watermark: to,
      finalWatermark: to,
      sweepPosition: to,
      sweepEnd: to,
      sweepDoubtEnd: to,
      // Above the new watermark, what was in doubt stays so.
      freshEnd: watermark + 2 * HOUR,
      freshDoubtEnd: to,
    });
  });

  it('gives up only the holes at the present watermark, and prints how to forward them later', async ({
    scene,
    watermark,
  }) => {
    const hole = { from: watermark - 3 * DAY, to: watermark - 2 * DAY, status: 500, doubt: false } as const;
    await scene.leaveState('alerts', {
      watermark,
      holes: [{ ...hole, since: hole.to, refusedAt: watermark }],
    });
    const before = await scene.store.read('alerts');
    const args = ['watermark', 'set', '--stream', 'alerts', '--to', String(watermark), '--accept-loss'];
    const range = `${utc(hole.from)} to ${utc(hole.to)}`;

    const refused = await scene.ops(args);
    const accepted = await scene.ops([...args, '--yes']);

    expect(refused.stderr).toContain(
      `This would give up the holes of alerts: ${range}. Nothing was changed.`,
    );
    expect(accepted.stdout).toContain(
      `Gave up the holes of alerts: ${range}. To forward the skipped records later: npm run ops -- backfill --stream alerts --from ${utc(hole.from)} --to ${utc(hole.to)}`,
    );
    expect(accepted.stdout).not.toContain('watermark');
    expect(await scene.store.read('alerts')).toMatchObject({
      ...before,
      holes: [],
      fence: expect.anything(),
    });
  });

  it('refuses a time in the future', async ({ set }) => {
    const result = await set('--to', String(nowSeconds() + HOUR), '--yes', '--accept-loss');

    expect(result.json().error.code).toBe('watermark-in-future');
  });

  it('never touches the state while a run holds the lease', async ({ scene, set, watermark }) => {
    await scene.holdLease('alerts', 300);

    const result = await set('--to', String(watermark - HOUR), '--yes');

    expect(result.json().error.code).toBe('lease-held');
    expect((await scene.store.read('alerts'))?.watermark).toBe(watermark);
  });

  it('does not go back while a backfill runs', async ({ scene, set, watermark }) => {
    scene.account.stateMachine.atWork.push('alerts-0-1-1');

    const result = await set('--to', String(watermark - HOUR), '--yes');

    expect(result.json().error.code).toBe('backfill-running');
    expect((await scene.store.read('alerts'))?.watermark).toBe(watermark);
  });

  it('prevents a run whose lease has expired from saving', async ({ scene, set, watermark }) => {
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
