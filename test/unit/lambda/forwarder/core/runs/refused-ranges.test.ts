import { describe, expect, it } from 'vitest';
import { CredentialError, StillBusy } from '../../../../../../lambda/shared/errors.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import {
  covers,
  details,
  RECORDS,
  refused,
  TARGET,
  worldOf,
} from '../../../../../support/refusing-source.ts';

const HOUR = 3600;

describe('F88 ranges that the source refuses', () => {
  it.each([400, 413, 422, 500, 504])(
    'a range of more than an hour is answered with %i: everything arrives in one run',
    async (status) => {
      const world = worldOf(({ from, to }) => (to - from > HOUR ? refused(status) : undefined));

      const report = await world.run('audit-logs', { parallelSlices: 1 });

      expect(report).toMatchObject({ error: null, caughtUp: true, watermark: TARGET, holes: [] });
      expect(world.sent()).toEqual(details(RECORDS));
    },
  );

  it('the longest range is learned: a run asks for a longer one once', async () => {
    const world = worldOf(({ from, to }) => (to - from > HOUR ? refused() : undefined));

    await world.run('audit-logs', { parallelSlices: 1 });

    expect(world.asked.filter(({ from, to }) => to - from > HOUR).length).toBeLessThanOrEqual(2);
  });

  it('a source that answers nothing stops the stream after few requests, and the watermark stays', async () => {
    const world = worldOf(() => refused(500));

    const report = await world.run();

    expect(report).toMatchObject({ error: { code: 'source-status' }, watermark: NOW - 12 * HOUR });
    // Four slices, the newest second and the newest minute.
    expect(world.asked).toHaveLength(6);
  });

  it('the final watermark follows the clock of the source also if a slice of the sweep is divided', async () => {
    const world = worldOf(({ from, to }) => (to - from > HOUR ? refused() : undefined));
    const behind = 200;
    const now = () => world.clock.wall() / 1000;
    world.refusal.serverTime = () => now() - behind;
    for (let run = 0; run < 12; run++) {
      const { finalWatermark } = await world.run('audit-logs', { lookbackSeconds: 3 * HOUR });

      expect(finalWatermark).toBeLessThanOrEqual(now() - behind - 3 * HOUR);
      await world.later(60);
    }

    expect((await world.state())?.finalWatermark).toBeGreaterThan(NOW);
  });

  it('one range is busy for longer than a run can wait: all others arrive, and it is asked for again', async () => {
    const second = TARGET - 4 * HOUR - 1800;
    const world = worldOf((range) => (covers(range, second) ? new StillBusy('reading') : undefined));

    const report = await world.run();

    expect(report).toMatchObject({ error: null, caughtUp: true, watermark: TARGET });
    expect(world.sent()).toEqual(details(RECORDS));
    expect((await world.state())?.holes).toMatchObject([{ from: second, to: second + 1, status: 503 }]);
  });

  it('all ranges are busy: the run ends without an error, and the watermark stays', async () => {
    const world = worldOf(() => new StillBusy('reading'));

    const report = await world.run();

    expect(report).toMatchObject({ error: null, caughtUp: false, watermark: NOW - 12 * HOUR });
    expect((await world.state())?.holes).toEqual([]);
  });

  it('403 for one range is divided, 401 is the key', async () => {
    const error = (status: number) =>
      new CredentialError('source-refused-key', 'Refused.', 'Store it.', status);
    const second = TARGET - 4 * HOUR - 1800;
    const forbidden = worldOf((range) => (covers(range, second) ? error(403) : undefined));
    const unauthorised = worldOf((range) => (covers(range, second) ? error(401) : undefined));

    const one = await forbidden.run();
    const other = await unauthorised.run();

    expect(one).toMatchObject({ error: null, watermark: TARGET });
    expect(other.error?.code).toBe('source-refused-key');
  });

  it('the extra requests of a run are bounded, and each run gets further', async () => {
    const world = worldOf((range) =>
      range.from % 7 === 0 && range.to - range.from < 60 ? undefined : undefined,
    );
    const broken = Array.from({ length: 40 }, (_, n) => TARGET - 6 * HOUR + n * 120);
    world.refusal.of = (range) => (broken.some((second) => covers(range, second)) ? refused(500) : undefined);
    const settings = { parallelSlices: 1 };

    const first = await world.run('audit-logs', settings);
    const requests = world.asked.length;
    await world.later(5);
    const second = await world.run('audit-logs', settings);

    // Two for each halving of 12 hours (16) and 16 more, and the slices of the catch-up.
    expect(requests).toBeLessThanOrEqual(2 * 16 + 16 + 10);
    expect(first.error).toBeNull();
    expect(second.watermark).toBeGreaterThan(first.watermark);
  });
});
