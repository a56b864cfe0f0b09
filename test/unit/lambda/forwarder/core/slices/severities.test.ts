import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../../../lambda/shared/json.ts';
import { alertRecord } from '../../../../../support/core-records.ts';
import { fakeSource } from '../../../../../support/fake-ports.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

describe('F94 the severity of an alert', () => {
  const forwarded = async (alertType: JsonObject, own: JsonObject = {}) => {
    const alert = alertRecord({ creationTimestamp: NOW - 300, alertType, ...own });
    const { run } = streamWorld({ source: fakeSource({ alerts: [alert] }) });
    return (await run('alerts', { alertSeverities: new Set(['High']) })).forwarded;
  };

  it.each<[string, JsonObject, number, JsonObject?]>([
    ['is kept when it is wanted in another case', { severity: 'HIGH' }, 1],
    ['is filtered when it is not wanted, in any case', { severity: 'low' }, 0],
    ['is kept when it is empty', { severity: '' }, 1],
    ['is kept when it is unknown', { severity: 'Severe' }, 1],
    ['is that of the default when it is empty', { severity: '', defaultSeverity: 'low' }, 0],
    ['is its own when it has one', { severity: 'Low' }, 1, { severity: 'high' }],
    ['is its own when its type has a wanted one', { severity: 'High' }, 0, { severity: 'Low' }],
    ['is that of its type when its own is unknown', { severity: 'Low' }, 0, { severity: 'Severe' }],
  ])('%s', async (_, alertType, count, own = {}) => {
    expect(await forwarded(alertType, own)).toBe(count);
  });
});
