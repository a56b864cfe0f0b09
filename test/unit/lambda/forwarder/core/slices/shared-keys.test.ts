import { describe, expect, it } from 'vitest';
import type { StreamSettings } from '../../../../../../lambda/forwarder/core/slices/stream-context.ts';
import type { StateStore } from '../../../../../../lambda/forwarder/core/state-ports.ts';
import { StateError } from '../../../../../../lambda/shared/errors.ts';
import type { JsonObject } from '../../../../../../lambda/shared/json.ts';
import { alertRecord } from '../../../../../support/core-records.ts';
import { memoryStore } from '../../../../../support/fake-ports.ts';
import { isMarked } from '../../../../../support/logs.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { HOUR_SECONDS } from '../../../../../support/stream-settings.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

const CYCLE_MS = HOUR_SECONDS * 1000;
/** In the middle of an hour, so that what is created minutes apart is in one hour. */
const TIME = Math.floor(NOW / HOUR_SECONDS) * HOUR_SECONDS - 1800;

const alertOf = (region: string, creationTimestamp: unknown = TIME, change: JsonObject = {}) =>
  alertRecord({ region, creationTimestamp, ...change });

/** Runs an hour apart, so that each run's sweep reads everything again. */
function world(settings: Partial<StreamSettings>) {
  const { run, source, sink, clock, telemetry } = streamWorld({}, settings);
  return {
    sink,
    telemetry,
    /** What a run forwards of what it is shown. */
    async shows(...alerts: JsonObject[]): Promise<unknown[]> {
      source.records.alerts = alerts;
      const before = sink.accepted.length;
      const { error } = await run('alerts');
      expect(error).toBeNull();
      await clock.sleep(CYCLE_MS);
      return sink.accepted.slice(before).map(({ alert }) => {
        const { region, status } = alert as JsonObject;
        return status === 'Open' ? region : `${region} ${status}`;
      });
    },
  };
}

describe.each(['never', TIME])(
  'F95 several contents of one creation time under one key, dated %s',
  (time) => {
    const [a, b, c] = ['a', 'b', 'c'].map((region) => alertOf(region, time)) as [
      JsonObject,
      JsonObject,
      JsonObject,
    ];

    it('are each sent once with updates on, in whatever order they are shown', async () => {
      const { shows, sink } = world({ alertUpdates: true });

      expect(await shows(a, b, c)).toEqual(['a', 'b', 'c']);
      expect(await shows(a, b, c)).toEqual([]);
      expect(await shows(c, a, b)).toEqual([]);
      expect(await shows(b, c, b, a)).toEqual([]);
      expect(sink.accepted.filter(isMarked)).toEqual([]);
    });

    it('are sent as they appear with updates on', async () => {
      const { shows } = world({ alertUpdates: true });

      expect(await shows(a)).toEqual(['a']);
      expect(await shows(b, a)).toEqual(['b']);
      expect(await shows(c, a, b)).toEqual(['c']);
      expect(await shows(a, c, b)).toEqual([]);
    });

    it('count as an alert that has changed back, where a scan shows one of them only', async () => {
      const { shows } = world({ alertUpdates: true });

      expect(await shows(a, b)).toEqual(['a', 'b']);
      expect(await shows(a)).toEqual(['a']);
      expect(await shows(a)).toEqual([]);
      expect(await shows(b)).toEqual(['b']);
      expect(await shows(a, b)).toEqual([]);
    });

    it('are one alert with updates off', async () => {
      const { shows } = world({ alertUpdates: false });

      expect(await shows(a, b, c)).toEqual(['a']);
      expect(await shows(c, b, a)).toEqual([]);
    });

    it('give one warning a run, which names alertKey', async () => {
      const { shows, telemetry } = world({ alertUpdates: true });
      const count = () => telemetry.warnings.filter(({ event }) => event === 'alert-keys-shared').length;

      await shows(a);
      await shows(b);
      expect(count()).toBe(0);
      await shows(a, b, c);

      expect(count()).toBe(1);
      expect(telemetry.warnings.find(({ event }) => event === 'alert-keys-shared')?.message).toContain(
        'alertKey',
      );
    });
  },
);

describe.each([true, false])(
  'F95 alerts of different creation times under one key, with updates %s',
  (on) => {
    const [a, b, c] = ['a', 'b', 'c'].map((region, n) => alertOf(region, TIME + n * 60)) as [
      JsonObject,
      JsonObject,
      JsonObject,
    ];

    it('are each sent once, in whatever order they are shown', async () => {
      const { shows, sink, telemetry } = world({ alertUpdates: on });

      expect((await shows(a, b, c)).toSorted()).toEqual(['a', 'b', 'c']);
      expect(await shows(a, b, c)).toEqual([]);
      expect(await shows(c, a, b)).toEqual([]);
      expect(await shows(b)).toEqual([]);
      expect(await shows(a)).toEqual([]);
      expect(sink.accepted.filter(isMarked)).toEqual([]);
      expect(telemetry.warnings.map(({ event }) => event)).not.toContain('records-changed');
    });

    it('are sent when they appear beside one that is known, before or after it', async () => {
      const { shows } = world({ alertUpdates: on });

      expect(await shows(b)).toEqual(['b']);
      expect(await shows(a, b)).toEqual(['a']);
      expect(await shows(a, b, c)).toEqual(['c']);
      expect(await shows(c, b, a)).toEqual([]);
    });

    it('are known to share their key afterwards: a new one is sent at once, also in another hour', async () => {
      const { shows } = world({ alertUpdates: on });
      await shows(a, b);

      expect(await shows(c)).toEqual(['c']);
      expect(await shows(alertOf('d', TIME - 2 * HOUR_SECONDS))).toEqual(['d']);
      expect(await shows(alertOf('d', TIME - 2 * HOUR_SECONDS), c, a, b)).toEqual([]);
    });

    it('change each for itself', async () => {
      const { shows } = world({ alertUpdates: on });
      const resolved = { ...a, status: 'Resolved' };
      await shows(a, b);

      expect(await shows(resolved, b)).toEqual(on ? ['a Resolved'] : []);
      expect(await shows(b, resolved)).toEqual([]);
      expect(await shows(a)).toEqual(on ? ['a'] : []);
      expect(await shows(a, b)).toEqual([]);
    });
  },
);

describe('F95 with updates off', () => {
  it('alerts under one key are sent when one run shows them in different hours', async () => {
    const { shows } = world({ alertUpdates: false, parallelSlices: 1 });
    const [one, other] = [alertOf('a', TIME - 5 * HOUR_SECONDS), alertOf('b', TIME)];

    expect(await shows(one, other)).toEqual(['a', 'b']);
    expect(await shows(one, other)).toEqual([]);
  });

  it('an alert that is not sent, because its creation time has moved, gives the warning', async () => {
    const { shows, telemetry } = world({ alertUpdates: false });
    await shows(alertOf('a', TIME));

    expect(await shows(alertOf('a', TIME - 5 * HOUR_SECONDS))).toEqual([]);
    expect(telemetry.warnings.map(({ event }) => event)).toContain('alert-keys-shared');
  });

  it('one that may be the changed form of an alert that was sent is marked', async () => {
    const { shows, sink } = world({ alertUpdates: false });
    await shows(alertOf('a'));

    expect(await shows(alertOf('a', TIME, { status: 'Resolved' }), alertOf('b', TIME + 60))).toHaveLength(2);
    expect(sink.accepted.slice(1).map(isMarked)).toEqual([true, true]);
  });
});

it('F95 contents that a severity filters are not noted as forwarded', async () => {
  const { run, source, sink, clock } = streamWorld({}, { alertUpdates: true });
  source.types = new Map([
    ['low', { severity: 'Low' }],
    ['high', { severity: 'High' }],
  ]);
  source.records.alerts = ['low', 'high', 'low'].map((alertTypeVuid, n) =>
    alertOf(`r${n}`, TIME, { alertTypeVuid }),
  );
  await run('alerts', { alertSeverities: new Set(['High']) });
  await clock.sleep(CYCLE_MS);

  await run('alerts');

  expect(sink.accepted.map(({ alert }) => (alert as JsonObject)['region'])).toEqual(['r1', 'r0', 'r2']);
});

it('F95 when the notes of contents under one key fail, what the next run repeats is marked', async () => {
  const base = memoryStore();
  let writes = 0;
  const store: StateStore = {
    ...base,
    async appendLedger(...note) {
      if (++writes === 2) throw new StateError('state-throttled', 'Throttled.', 'None.');
      return base.appendLedger(...note);
    },
  };
  const { run, source, sink, clock } = streamWorld({ store }, { alertUpdates: true });
  source.records.alerts = ['a', 'b'].map((region) => alertOf(region));
  const { error } = await run('alerts');
  await clock.sleep(CYCLE_MS);

  for (let cycle = 0; cycle < 3; cycle++) {
    await run('alerts');
    await clock.sleep(CYCLE_MS);
  }

  expect(error?.code).toBe('state-throttled');
  expect(sink.accepted.slice(0, 2).map(isMarked)).toEqual([false, false]);
  expect(sink.accepted.length).toBeLessThanOrEqual(4);
  expect(sink.accepted.slice(2).every(isMarked)).toBe(true);
});
