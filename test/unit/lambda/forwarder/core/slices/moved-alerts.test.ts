import { describe, expect, it } from 'vitest';
import type { StreamSettings } from '../../../../../../lambda/forwarder/core/slices/stream-context.ts';
import type { StateStore } from '../../../../../../lambda/forwarder/core/state-ports.ts';
import type { JsonObject } from '../../../../../../lambda/shared/json.ts';
import { alertRecord } from '../../../../../support/core-records.ts';
import { memoryStore } from '../../../../../support/fake-ports.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { HOUR_SECONDS } from '../../../../../support/stream-settings.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

const FIVE_MINUTES_MS = 300_000;

/** Runs over alerts that change in between. */
function world(settings: Partial<StreamSettings>, base: StateStore = memoryStore()) {
  const ranges: string[] = [];
  const store: StateStore = {
    ...base,
    loadLedger(stream, hour, lastHour) {
      if (lastHour !== undefined) ranges.push(stream);
      return base.loadLedger(stream, hour, lastHour);
    },
  };
  const { run, source, sink, clock } = streamWorld(
    { store },
    { lookbackSeconds: 4 * HOUR_SECONDS, ...settings },
  );
  return {
    sink,
    ranges,
    async runWith(...alerts: JsonObject[]) {
      source.records.alerts = alerts;
      const report = await run('alerts');
      await clock.sleep(FIVE_MINUTES_MS);
      return report;
    },
  };
}

const alertAt = (creationTimestamp: unknown, change: JsonObject = {}) =>
  alertRecord({ creationTimestamp, ...change });

const OLD = NOW - 11 * HOUR_SECONDS;
const NEW = NOW - 600;

const SENT_AND_UPDATED = [
  { update: false, possible_duplicate: false },
  { update: true, possible_duplicate: false },
];

const marks = (logs: JsonObject[]) =>
  logs.map((log) => {
    const { update = false, possible_duplicate = false } = log['valence_forwarder'] as JsonObject;
    return { update, possible_duplicate };
  });

describe('F95 an alert whose creation time moves to another hour', () => {
  it.each([
    ['a later hour', OLD, NOW - 60],
    ['an earlier hour', NEW, NEW - HOUR_SECONDS],
    ['no time', NEW, 'never'],
    ['a time, after it had none', 'never', NEW],
  ])('is sent as an update, once, when updates are on: to %s', async (_, from, to) => {
    const { runWith, sink } = world({ alertUpdates: true });

    await runWith(alertAt(from));
    await runWith(alertAt(to));
    for (let run = 0; run < 26; run++) await runWith(alertAt(to));

    expect(marks(sink.accepted)).toEqual(SENT_AND_UPDATED);
  });

  it('is not sent again when updates are off', async () => {
    const { runWith, sink } = world({ alertUpdates: false });

    await runWith(alertAt(OLD));
    for (let run = 0; run < 14; run++) await runWith(alertAt(NOW - 60));

    expect(sink.accepted).toHaveLength(1);
  });

  it('is known in the same run that has sent it', async () => {
    const { runWith, sink } = world({ alertUpdates: true, parallelSlices: 1 });

    await runWith(alertAt(OLD), alertAt(NEW));

    expect(marks(sink.accepted)).toEqual(SENT_AND_UPDATED);
  });

  it('costs one query of the look-back a run, and only in runs with an alert that is new in its hour', async () => {
    const { runWith, ranges } = world({});
    await runWith(alertAt(NEW), alertAt(NEW, { vuid: 'other' }));
    const afterFirst = [...ranges];

    await runWith(alertAt(NEW), alertAt(NEW, { vuid: 'other' }));
    const afterSecond = [...ranges];
    await runWith(alertAt(NEW), alertAt(NOW + 200, { vuid: 'third' }));

    expect(afterFirst).toEqual(['alerts']);
    expect(afterSecond).toEqual(['alerts']);
    expect(ranges).toEqual(['alerts', 'alerts']);
  });
});
