import { describe, expect, it } from 'vitest';
import type { Page, Source } from '../../../../../../lambda/forwarder/core/ports.ts';
import { SourceError } from '../../../../../../lambda/shared/errors.ts';
import { alertRecord } from '../../../../../support/core-records.ts';
import { fakeSink } from '../../../../../support/fake-ports.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

const MINUTE_MS = 60_000;
const TYPE = { vuid: 'type-1', name: 'Public link', severity: 'High' };
const ALERT = alertRecord({ alertTypeVuid: TYPE.vuid, creationTimestamp: NOW - 600 });

function world(types: { answer: () => Map<string, object> }) {
  const source: Source = {
    async *pages(_stream, { from, to }, { onEnd }): AsyncGenerator<Page> {
      const time = Number(ALERT['creationTimestamp']);
      yield { records: time >= from && time < to ? [ALERT] : [] };
      onEnd?.('stated');
    },
    alertTypes: async () => types.answer() as never,
  };
  const sink = fakeSink();
  return { ...streamWorld({ source, sink }), sink };
}

const fails = () => {
  throw new SourceError('source-status', 'Valence answered 500.', 'Wait.', 500);
};

describe('F93 the alert types cannot be read', () => {
  it('alerts wait for them for an hour, and then go on without', async () => {
    const types: { answer: () => Map<string, object> } = { answer: fails };
    const { run, clock, sink, telemetry } = world(types);
    const first = await run('alerts');
    await clock.sleep(50 * MINUTE_MS);
    const second = await run('alerts');
    const waiting = sink.accepted.length;
    await clock.sleep(15 * MINUTE_MS);

    const third = await run('alerts');

    expect([first.error?.code, second.error?.code]).toEqual(['source-status', 'source-status']);
    expect(waiting).toBe(0);
    expect(third.error).toBeNull();
    expect(sink.accepted).toMatchObject([{ valence_forwarder: { no_alert_type: true } }]);
    expect(telemetry.warnings.map(({ event }) => event)).toContain('alert-types-missing');
  });

  it('the hour begins again when they were read in between', async () => {
    const types: { answer: () => Map<string, object> } = { answer: fails };
    const { run, clock, store } = world(types);
    await run('alerts');
    types.answer = () => new Map([[TYPE.vuid, TYPE]]);
    await clock.sleep(10 * MINUTE_MS);

    await run('alerts');

    expect((await store.read('alerts'))?.typesMissingSince).toBe(0);
  });

  it('they are asked for once a run, and the failure divides no slice', async () => {
    let asked = 0;
    const { run } = world({
      answer: () => {
        asked++;
        return fails();
      },
    });

    await run('alerts');

    expect(asked).toBe(1);
  });
});

it.each([
  ['20,000 characters', 19_900, undefined],
  ['more characters', 20_000, true],
])(
  'F91 a type of %s, of which %i are its description, is left out only if that is too much',
  async (_, length, missing) => {
    const type = { ...TYPE, description: 'x'.repeat(length) };
    const { run, sink } = world({ answer: () => new Map([[TYPE.vuid, type]]) });

    await run('alerts');

    expect(
      sink.accepted.map((log) => Reflect.get(Object(log['valence_forwarder']), 'no_alert_type')),
    ).toEqual([missing]);
  },
);
