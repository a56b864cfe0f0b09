import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../lambda/shared/json.ts';
import { plainValuesAt } from '../../../../tools/datadog/interpreter/paths.ts';
import { sampleData } from '../../../../tools/sample-data/sample-data.ts';

const range = { from: 1_767_000_000, to: 1_767_040_000 };
const options = { seed: 1, range, alerts: 500, auditLogs: 5000 };
const data = sampleData(options);

const distinct = (values: unknown[]) => new Set(values);
const eventsOf = (alert: JsonObject) => alert['events'] as JsonObject[];

describe('the sample data', () => {
  it('is the same for the same seed and another for another seed', () => {
    expect(sampleData(options)).toEqual(data);
    expect(sampleData({ ...options, seed: 2 }).alerts[0]?.['vuid']).not.toBe(data.alerts[0]?.['vuid']);
  });

  it('lies within its range', () => {
    const times = [
      ...data.alerts.map((alert) => alert['creationTimestamp'] as number),
      ...data.auditLogs.map((record) => record['timeEpoch'] as number),
    ];

    expect(times).toHaveLength(5500);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(range.from);
    expect(Math.max(...times)).toBeLessThan(range.to);
  });

  it('holds alerts of every severity, with 1, 2, 5 and 50 events, small and large', () => {
    expect(distinct(data.alertTypes.map((type) => type['severity']))).toEqual(
      distinct(['Critical', 'High', 'Medium', 'Low']),
    );
    expect(distinct(data.alerts.map((alert) => alert['alertTypeVuid']))).toEqual(
      distinct([undefined, ...data.alertTypes.map((type) => type['vuid'])]),
    );
    expect(distinct(data.alerts.map((alert) => eventsOf(alert).length))).toEqual(distinct([1, 2, 5, 50]));
    const auxKeys = data.alerts.flatMap(eventsOf).map((event) => Object.keys(event['aux'] as object).length);
    expect(Math.min(...auxKeys)).toBeGreaterThanOrEqual(20);
    expect(Math.max(...auxKeys)).toBeGreaterThanOrEqual(300);
  });

  it('holds alerts with their type and alerts with its id alone, each with its own identity', () => {
    const withType = data.alerts.filter((alert) => alert['alertType']);

    expect(withType.length).toBeGreaterThan(0);
    expect(withType.length).toBeLessThan(500);
    expect(distinct(data.alerts.map((alert) => alert['vuid'])).size).toBe(500);
  });

  it('holds alerts whose embedded type is only its core, without its id', () => {
    const cores = data.alerts.filter((alert) => alert['alertTypeVuid'] === undefined);

    expect(cores.length).toBeGreaterThan(0);
    for (const { alertType } of cores) {
      expect(Object.keys(alertType as object)).toEqual(['severity', 'name', 'platform']);
    }
  });

  it.each(['eventSummary', 'targetType', 'userAgent', 'target.name', 'target.id', 'target.email'])(
    'holds events with and without %s, as Valence publishes them',
    (path) => {
      const values = data.alerts.flatMap((alert) => plainValuesAt(alert, `events.${path}`));

      expect(values).toContain('');
      expect(values.some((value) => value !== '')).toBe(true);
    },
  );

  it('holds an empty user next to an app, an empty app next to a user, and events without either', () => {
    const ids = distinct(
      data.alerts
        .flatMap(eventsOf)
        .map((event) =>
          ['actorUser', 'actorApp'].map((kind) => {
            const [id] = plainValuesAt(event, `${kind}.id`);
            return id === '' ? 'empty' : id === undefined ? 'absent' : 'known';
          }),
        )
        .map(String),
    );

    for (const kinds of ['empty,known', 'known,empty', 'empty,empty', 'known,absent']) {
      expect(ids).toContain(kinds);
    }
  });

  it('holds audit records of every known action, and identical ones within a second', () => {
    const actions = distinct(data.auditLogs.map((record) => record['action']));

    for (const action of [
      'User signed in',
      'User created',
      'User deleted',
      'User access updated',
      'Policy created or updated',
      'Policy disabled',
      'Connector created',
      'Connector deleted',
      'Connector renamed',
      'Authenticate connector',
      'Upload data to connector',
      'API Key created',
    ]) {
      expect(actions).toContain(action);
    }
    expect(distinct(data.auditLogs.map((record) => JSON.stringify(record))).size).toBeLessThan(5000);
  });
});
