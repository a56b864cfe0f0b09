import { describe, expect, it } from 'vitest';
import { alertRecord, auditRecord } from '../../../../../support/core-records.ts';
import { actorsOf, ambiguous, unexplained } from '../../../../../support/delivery.ts';
import { fakeSink, SUCCESS } from '../../../../../support/fake-ports.ts';
import { added } from '../../../../../support/logs.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import {
  element,
  objectsOf,
  quarantined,
  refusing,
  replayWorld,
} from '../../../../../support/replay-world.ts';

describe('a replay', () => {
  it('builds each log again, as a possible duplicate, and deletes what was accepted', async () => {
    const objects = objectsOf(quarantined(0), quarantined(1));
    const { run, sink } = replayWorld(objects);

    const report = await run();

    expect(report).toEqual({
      objects: 2,
      sent: 2,
      remaining: 0,
      refused: 0,
      unreadable: 0,
      unverified: 0,
      error: null,
    });
    expect(objects.size).toBe(0);
    expect(sink.accepted).toMatchObject(
      [0, 1].map((n) => ({
        actor: `user-${n}`,
        valence_forwarder: {
          fingerprint: quarantined(n).fingerprint,
          run_id: 'run-1',
          possible_duplicate: true,
        },
      })),
    );
    expect(sink.accepted.some(({ ddtags }) => String(ddtags).includes('backfill'))).toBe(false);
  });

  it('sends alerts with their stored type, and separately from audit logs', async () => {
    const alert = quarantined(0, {
      stream: 'alerts',
      record: alertRecord(),
      alertType: { vuid: 'type-1', severity: 'High' },
    });
    const { run, sink } = replayWorld(objectsOf(alert, quarantined(1)));

    await run();

    expect(sink.bodies).toHaveLength(2);
    expect(sink.accepted).toMatchObject([
      { service: 'alerts', alert_type_details: { severity: 'High' } },
      { service: 'audit-logs', actor: 'user-1' },
    ]);
  });

  it.each([
    ['a refusal that may be about the record', unexplained(403)],
    ['no clear answer', ambiguous(500)],
  ])('F103 keeps a record that gets %s again, and sends the others', async (_, answer) => {
    const objects = objectsOf(...Array.from({ length: 6 }, (__, n) => quarantined(n)));
    const sink = fakeSink((logs) => (actorsOf(logs).includes('user-2') ? answer : SUCCESS));
    const { run } = replayWorld(objects, sink);

    const report = await run();

    expect(report).toMatchObject({ objects: 6, sent: 5, remaining: 1, refused: 1, error: null });
    expect([...objects.keys()]).toEqual(['q/0002']);
  });

  it('F103 deletes nothing when the key is refused', async () => {
    const objects = objectsOf(quarantined(0), quarantined(1));
    const { run, sink } = replayWorld(
      objects,
      fakeSink(() => unexplained(403)),
    );

    const report = await run();

    expect(report).toMatchObject({ sent: 0, remaining: 2, error: { code: 'datadog-refused-key' } });
    expect(sink.bodies).toHaveLength(2);
    expect(objects.size).toBe(2);
  });

  it('F91 parses an unreadable element again; one that still holds no record stays', async () => {
    const objects = objectsOf(
      element('audit-logs', 'NaN'),
      element('audit-logs', JSON.stringify(auditRecord({ actor: 'user-1' }))),
      element('alerts', JSON.stringify(alertRecord())),
    );
    const { run, sink } = replayWorld(objects);

    const report = await run();

    expect(report).toEqual({
      objects: 3,
      sent: 2,
      remaining: 1,
      refused: 0,
      unreadable: 1,
      unverified: 0,
      error: null,
    });
    expect([...objects.keys()]).toEqual(['q/0000']);
    expect(sink.accepted).toMatchObject([
      { service: 'audit-logs', actor: 'user-1', valence_forwarder: { possible_duplicate: true } },
      { service: 'alerts', valence_forwarder: { no_alert_type: true, possible_duplicate: true } },
    ]);
  });

  it('F91 leaves an element whose record Datadog refuses', async () => {
    const objects = objectsOf(element('audit-logs', JSON.stringify(auditRecord({ actor: 'user-1' }))));
    const { run } = replayWorld(objects, refusing('user-1'));

    expect(await run()).toMatchObject({ objects: 1, sent: 0, remaining: 1, refused: 1, error: null });
  });

  it('re-dates what is too old by now', async () => {
    const old = quarantined(0, { record: auditRecord({ timeEpoch: NOW - 86_400 }) });
    const { run, sink } = replayWorld(objectsOf(old));

    await run();

    expect(added(sink.accepted[0])).toMatchObject({ redated: true, event_time: NOW - 86_400 });
  });

  it('finds the record at fault among others; it stays, they go', async () => {
    const objects = objectsOf(...Array.from({ length: 10 }, (_, n) => quarantined(n)));
    const { run, sink } = replayWorld(objects, refusing('user-3'));

    const report = await run();

    expect(report).toMatchObject({ objects: 10, sent: 9, remaining: 1, refused: 1, error: null });
    expect([...objects.keys()]).toEqual(['q/0003']);
    expect(actorsOf(sink.accepted)).not.toContain('user-3');
  });

  it('looks at each object once, also when all are refused again', async () => {
    const actors = Array.from({ length: 20 }, (_, n) => `user-${n}`);
    const objects = objectsOf(...actors.map((_, n) => quarantined(n)));
    const { run } = replayWorld(objects, refusing(...actors));

    const report = await run();

    expect(report).toMatchObject({ objects: 20, sent: 0, remaining: 20, refused: 20, error: null });
    expect(objects.size).toBe(20);
  });

  it.each([1, 2, 8])(
    'keeps all of %i objects whose records are refused again, too few to ask the intake before the end',
    async (count) => {
      const actors = Array.from({ length: count }, (_, n) => `user-${n}`);
      const objects = objectsOf(...actors.map((_, n) => quarantined(n)));
      const { run } = replayWorld(objects, refusing(...actors));

      const report = await run();

      expect(report).toEqual({
        objects: count,
        sent: 0,
        remaining: count,
        refused: count,
        unreadable: 0,
        unverified: 0,
        error: null,
      });
      expect(objects.size).toBe(count);
    },
  );

  it('leaves what holds no record where it is, naming its key alone', async () => {
    const objects = objectsOf('unreadable', quarantined(1), 'unreadable');
    const { run, telemetry } = replayWorld(objects);

    const report = await run();

    expect(report).toMatchObject({
      objects: 3,
      sent: 1,
      remaining: 2,
      unreadable: 2,
      unverified: 0,
      error: null,
    });
    expect(telemetry.warnings.map(({ fields }) => fields)).toEqual([{ key: 'q/0000' }, { key: 'q/0002' }]);
  });

  it('does not count what another replay has sent meanwhile', async () => {
    const { run } = replayWorld(objectsOf('gone', quarantined(1)));

    expect(await run()).toMatchObject({ objects: 2, sent: 1, remaining: 0 });
  });
});
