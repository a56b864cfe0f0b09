import { describe, expect, it } from 'vitest';
import { OutOfTime, QuarantineError } from '../../../../../../lambda/shared/errors.ts';
import { REFUSED } from '../../../../../support/delivery.ts';
import { fakeSink } from '../../../../../support/fake-ports.ts';
import { objectsOf, quarantined, refusing, replayWorld } from '../../../../../support/replay-world.ts';

describe('what stops a replay', () => {
  it('is the deadline: what was accepted until then is deleted, the rest remains', async () => {
    const objects = objectsOf(...Array.from({ length: 2500 }, (_, n) => quarantined(n)));
    const { run, clock } = replayWorld(objects, fakeSink(), {
      get: async (key) => {
        await clock.sleep(100);
        return objects.get(key) ?? 'gone';
      },
      delete: async (key, { deadline }) => {
        if (deadline.left() <= 0) throw new OutOfTime('deleting');
        objects.delete(key);
      },
    });

    const first = await run(170_000);
    const second = await run();

    expect(first).toMatchObject({ objects: 2500, sent: 1000, remaining: 1500, error: null });
    expect(second).toMatchObject({ objects: 1500, remaining: 0 });
  });

  it('reports where time ran out, so that records which are refused again do not block those after them', async () => {
    const objects = objectsOf(...Array.from({ length: 1200 }, (_, n) => quarantined(n)));
    const { run, clock } = replayWorld(objects, refusing('user-0', 'user-1'), {
      get: async (key) => {
        await clock.sleep(100);
        return objects.get(key) ?? 'gone';
      },
    });

    const first = await run(115_000);
    const objectsAfter = [...objects.keys()];
    const second = await run(235_000, first.next);

    expect(first).toMatchObject({ objects: 1200, sent: 998, remaining: 202, refused: 2, next: 'q/0999' });
    expect(objectsAfter.slice(0, 3)).toEqual(['q/0000', 'q/0001', 'q/1000']);
    expect(second).toMatchObject({ objects: 200, sent: 200, remaining: 0, refused: 0 });
    expect(second.next).toBeUndefined();
    expect([...objects.keys()]).toEqual(['q/0000', 'q/0001']);
  });

  it.each([1, 2, 9])(
    'F44 is an intake that refuses everything: none of %i objects is deleted',
    async (count) => {
      const objects = objectsOf(...Array.from({ length: count }, (_, n) => quarantined(n)));
      const { run } = replayWorld(
        objects,
        fakeSink(() => REFUSED),
      );

      const report = await run();

      expect(report).toMatchObject({
        sent: 0,
        remaining: count,
        error: { code: 'datadog-refuses-everything' },
      });
      expect(objects.size).toBe(count);
    },
  );

  it('F45 is a refused key, which is counted', async () => {
    const { run, telemetry } = replayWorld(
      objectsOf(quarantined(0)),
      fakeSink(() => ({ outcome: 'credential', reason: '403' })),
    );

    expect(await run()).toMatchObject({ remaining: 1, error: { fix: 'Store the right key.' } });
    expect(telemetry.counts.CredentialFailures).toBe(1);
  });

  it('F74 is an object that cannot be deleted, after all of its batch were tried', async () => {
    const objects = objectsOf(...Array.from({ length: 3 }, (_, n) => quarantined(n)));
    const failure = new QuarantineError('quarantine-denied', 'Denied.', 'Allow it.');
    const { run } = replayWorld(objects, fakeSink(), {
      delete: async (key) => {
        if (key === 'q/0000') throw failure;
        objects.delete(key);
      },
    });

    expect(await run()).toMatchObject({ sent: 3, remaining: 1, error: { code: 'quarantine-denied' } });
    expect([...objects.keys()]).toEqual(['q/0000']);
  });
});
