import { describe, expect, it } from 'vitest';
import type { StreamSettings } from '../../../../../../lambda/forwarder/core/slices/stream-context.ts';
import type { JsonObject } from '../../../../../../lambda/shared/json.ts';
import { alertRecord } from '../../../../../support/core-records.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { HOUR_SECONDS, IDENTITY_RULES } from '../../../../../support/stream-settings.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

const CYCLE_MS = HOUR_SECONDS * 1000;

const TYPES = new Map(
  Object.entries({ high: 'High', shout: 'HIGH', low: 'Low' }).map(([vuid, severity]) => [
    vuid,
    { vuid, severity },
  ]),
);

/** What the log of each version of an alert says has changed; sweeps find one version after the other. */
async function changesOf(versions: readonly JsonObject[], settings: Partial<StreamSettings> = {}) {
  const { run, source, sink, clock } = streamWorld({}, { alertUpdates: true, ...settings });
  source.types = TYPES;
  for (const version of versions) {
    source.records.alerts = [alertRecord({ creationTimestamp: NOW - 900, ...version })];
    await run('alerts');
    await clock.sleep(CYCLE_MS);
  }
  return sink.accepted.map(({ valence_forwarder }) => (valence_forwarder as JsonObject)['changed']);
}

describe('F40 the log of a changed alert says what has changed', () => {
  it.each<[string, JsonObject, JsonObject, string[]]>([
    ['its status', {}, { status: 'Resolved' }, ['status']],
    ['an event', {}, { events: [{ action: 'login' }] }, ['events']],
    ['its own severity', { severity: 'Low' }, { severity: 'High' }, ['severity']],
    ['the severity of its type', { alertTypeVuid: 'high' }, { alertTypeVuid: 'low' }, ['severity']],
    ['the case of a severity', { alertTypeVuid: 'high' }, { alertTypeVuid: 'shout' }, ['other']],
    ['another field', {}, { summaryLine: 'Another' }, ['other']],
    [
      'a type that is not known yet',
      { alertTypeVuid: 'high' },
      { alertTypeVuid: 'new', status: 'x' },
      ['status'],
    ],
    [
      'all of it',
      { severity: 'low' },
      { status: 'x', severity: 'high', events: [1], summaryLine: 'Another' },
      ['status', 'severity', 'events'],
    ],
  ])('%s', async (_, first, second, changed) => {
    expect(await changesOf([first, { ...first, ...second }])).toEqual([undefined, changed]);
  });

  it('compares with what was forwarded last', async () => {
    const versions = [{}, { status: 'Resolved' }, { status: 'Resolved', events: [1] }, {}];

    expect(await changesOf(versions)).toEqual([undefined, ['status'], ['events'], ['status', 'events']]);
  });

  it('names nothing that does not count as content', async () => {
    const identityRules = {
      ...IDENTITY_RULES,
      volatileFields: ['events.seen'],
      unorderedFields: ['events'],
    };
    const versions = [
      { events: [{ id: 1, seen: 1 }, { id: 2 }] },
      { events: [{ id: 2, seen: 5 }, { id: 1 }], status: 'Resolved' },
    ];

    expect(await changesOf(versions, { identityRules })).toEqual([undefined, ['status']]);
  });

  it('compares an alert with the last one of its key, also when its creation time moves to another hour', async () => {
    const moved = NOW - 900 - HOUR_SECONDS;
    const versions = [
      { status: 'New' },
      { status: 'Open' },
      { status: 'Open', creationTimestamp: moved },
      { status: 'Resolved', creationTimestamp: moved - HOUR_SECONDS },
    ];

    expect(await changesOf(versions)).toEqual([undefined, ['status'], ['other'], ['status']]);
  });

  it('compares an alert without a usable time', async () => {
    const versions = ['Open', 'Resolved'].map((status) => ({ creationTimestamp: 'never', status }));

    expect(await changesOf(versions)).toEqual([undefined, ['status']]);
  });

  it('is right when the update is marked as a possible duplicate', async () => {
    const { run, source, sink, clock } = streamWorld({}, { alertUpdates: true });
    const alertOf = (n: number, change: JsonObject = {}) =>
      alertRecord({ vuid: `alert-${n}`, creationTimestamp: NOW - 900 - n, ...change });
    const numbers = [0, 1, 2, 3, 4];
    source.records.alerts = numbers.map((n) => alertOf(n));
    await run('alerts');
    await clock.sleep(CYCLE_MS);
    // So much that changes at once is marked.
    source.records.alerts = numbers.map((n) => alertOf(n, { status: `new ${n}` }));

    await run('alerts');

    expect(sink.accepted.slice(5).map(({ valence_forwarder }) => valence_forwarder)).toEqual(
      numbers.map(() =>
        expect.objectContaining({ update: true, changed: ['status'], possible_duplicate: true }),
      ),
    );
  });
});
