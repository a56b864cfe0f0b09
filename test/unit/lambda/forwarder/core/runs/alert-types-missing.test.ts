import { describe, expect, it } from 'vitest';
import type { Page, Source } from '../../../../../../lambda/forwarder/core/ports.ts';
import { unrecoverable, wantsShorterSlice } from '../../../../../../lambda/forwarder/core/runs/page-size.ts';
import { AlertTypesError } from '../../../../../../lambda/forwarder/core/slices/alert-types.ts';
import type { StreamContext } from '../../../../../../lambda/forwarder/core/slices/stream-context.ts';
import { HOUR_SECONDS, MAX_ALERT_TYPE_TEXT } from '../../../../../../lambda/limits.ts';
import { SourceError } from '../../../../../../lambda/shared/errors.ts';
import type { JsonObject } from '../../../../../../lambda/shared/json.ts';
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

  it('a list of types that is too large shortens no slice, because it has no range', () => {
    const error = new AlertTypesError(new SourceError('page-too-large', 'Too many types.', 'None.'));
    const context = { settings: { boundedAbove: true, pageHalvings: 7 }, pageSize: { halvings: 0 } };

    expect(wantsShorterSlice(error)).toBe(false);
    expect(unrecoverable(context as StreamContext, [error], HOUR_SECONDS)).toEqual([error]);
    expect(context.pageSize.halvings).toBe(0);
  });
});

const typesSent = async (type: JsonObject) => {
  const { run, sink } = world({ answer: () => new Map([[TYPE.vuid, type]]) });
  await run('alerts');
  return sink.accepted.map((log) => log['alert_type_details']);
};

it('F91 a type of 20,000 characters is sent as it is', async () => {
  const type = { ...TYPE, description: 'x'.repeat(19_900), owner: 'Ada' };

  expect(await typesSent(type)).toEqual([type]);
});

it('F91 of a larger type the facts are sent that rules read, and texts and lists are cut', async () => {
  const facts = {
    ...TYPE,
    name: 'Token theft',
    severity: 'Critical',
    platform: 'Okta',
    disabled: false,
    mitreAttackTactics: ['TA0003'],
  };
  const techniques = Array.from({ length: 1000 }, (_, index) => `T${1000 + index}`);

  const [sent] = await typesSent({
    ...facts,
    description: 'x'.repeat(1_000_000),
    mitreAttackTechniques: ['y'.repeat(1_000_000), ...techniques],
    sourceKind: { nested: 'z'.repeat(1_000_000) },
    owner: 'Ada',
  });

  expect(sent).toEqual({
    ...facts,
    description: expect.stringMatching(/^x+ \[left out: \d+ characters\] x+$/),
    mitreAttackTechniques: techniques.slice(0, 50),
  });
  expect(JSON.stringify(sent).length).toBeLessThan(MAX_ALERT_TYPE_TEXT);
});
