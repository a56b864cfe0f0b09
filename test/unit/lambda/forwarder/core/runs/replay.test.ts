import { describe, expect, it } from 'vitest';
import type { Stream } from '../../../../../../lambda/contract.ts';
import type {
  PostAnswer,
  QuarantineArchive,
  QuarantinedObject,
  QuarantinedRecord,
} from '../../../../../../lambda/forwarder/core/ports.ts';
import { replay } from '../../../../../../lambda/forwarder/core/runs/replay.ts';
import { readElement } from '../../../../../../lambda/forwarder/valence/page-text.ts';
import { deadlineIn } from '../../../../../../lambda/shared/clock.ts';
import { OutOfTime, QuarantineError } from '../../../../../../lambda/shared/errors.ts';
import type { JsonObject } from '../../../../../../lambda/shared/json.ts';
import { alertRecord, auditRecord, LOG_CONTEXT } from '../../../../../support/core-records.ts';
import { ambiguous, unexplained } from '../../../../../support/delivery.ts';
import { type FakeSink, fakeSink, SUCCESS } from '../../../../../support/fake-ports.ts';
import { NOW, recordingTelemetry, stubClock } from '../../../../../support/outside-world.ts';
import { IDENTITY_RULES } from '../../../../../support/stream-settings.ts';

const REFUSED: PostAnswer = { outcome: 'rejected', status: 400, tooLarge: false, reason: '400' };

const quarantined = (n: number, change: Partial<QuarantinedRecord> = {}): QuarantinedRecord => ({
  stream: 'audit-logs',
  record: auditRecord({ actor: `user-${n}` }),
  fingerprint: n.toString(16).padStart(32, '0'),
  reason: '400',
  httpStatus: 400,
  quarantinedAt: '2025-12-29T09:00:00.000Z',
  ...change,
});

const element = (stream: Stream, raw: string): QuarantinedObject => ({
  stream,
  raw: Buffer.from(raw).toString('base64'),
  fingerprint: 'e'.repeat(32),
  reason: 'unreadable',
  quarantinedAt: '2025-12-29T09:00:00.000Z',
});

type Objects = Map<string, QuarantinedObject | 'unreadable' | 'gone'>;

/** Objects named by their place, `q/0000` on. */
const objectsOf = (...contents: (QuarantinedObject | 'unreadable' | 'gone')[]): Objects =>
  new Map(contents.map((content, n) => [`q/${String(n).padStart(4, '0')}`, content]));

/** A quarantine of objects, and a replay of it. */
function world(objects: Objects, sink: FakeSink = fakeSink(), change: Partial<QuarantineArchive> = {}) {
  const clock = stubClock();
  const telemetry = recordingTelemetry();
  const quarantine: QuarantineArchive = {
    put: () => Promise.reject(new Error('Nothing is to be stored.')),
    list: async (prefix) => [...objects.keys()].filter((key) => key.startsWith(prefix)),
    get: async (key) => objects.get(key) ?? 'gone',
    delete: async (key) => void objects.delete(key),
    ...change,
  };
  return {
    clock,
    sink,
    telemetry,
    run: (timeMs = 235_000, after?: string) =>
      replay(
        { prefix: 'q/', after },
        { sink, telemetry, clock, random: () => 0.5, quarantine },
        {
          logContext: LOG_CONTEXT,
          datadogKeyFix: 'Store the right key.',
          readElement: (_, raw) => readElement(raw.toString(), null),
          identityRules: { alerts: IDENTITY_RULES, 'audit-logs': IDENTITY_RULES },
        },
        { owner: 'replay-1', deadline: deadlineIn(clock, timeMs), remainingMs: timeMs + 5000 },
      ),
  };
}

const actorsOf = (logs: JsonObject[]) => logs.map(({ actor }) => actor);
const added = (log: JsonObject | undefined) => log?.['valence_forwarder'] as JsonObject;

/** Refuses every post that holds a log of one of these actors. */
const refusing = (...actors: string[]) =>
  fakeSink((logs) => (logs.some(({ actor }) => actors.includes(String(actor))) ? REFUSED : SUCCESS));

describe('a replay', () => {
  it('builds each log again, as a possible duplicate, and deletes what was accepted', async () => {
    const objects = objectsOf(quarantined(0), quarantined(1));
    const { run, sink } = world(objects);

    const report = await run();

    expect(report).toEqual({ objects: 2, sent: 2, remaining: 0, refused: 0, unreadable: 0, error: null });
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
    const { run, sink } = world(objectsOf(alert, quarantined(1)));

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
    const { run } = world(objects, sink);

    const report = await run();

    expect(report).toMatchObject({ objects: 6, sent: 5, remaining: 1, refused: 1, error: null });
    expect([...objects.keys()]).toEqual(['q/0002']);
  });

  it('F103 deletes nothing when the key is refused', async () => {
    const objects = objectsOf(quarantined(0), quarantined(1));
    const { run, sink } = world(
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
    const { run, sink } = world(objects);

    const report = await run();

    expect(report).toEqual({ objects: 3, sent: 2, remaining: 1, refused: 0, unreadable: 1, error: null });
    expect([...objects.keys()]).toEqual(['q/0000']);
    expect(sink.accepted).toMatchObject([
      { service: 'alerts', valence_forwarder: { no_alert_type: true, possible_duplicate: true } },
      { service: 'audit-logs', actor: 'user-1', valence_forwarder: { possible_duplicate: true } },
    ]);
  });

  it('F91 leaves an element whose record Datadog refuses', async () => {
    const objects = objectsOf(element('audit-logs', JSON.stringify(auditRecord({ actor: 'user-1' }))));
    const { run } = world(objects, refusing('user-1'));

    expect(await run()).toMatchObject({ objects: 1, sent: 0, remaining: 1, refused: 1, error: null });
  });

  it('re-dates what is too old by now', async () => {
    const old = quarantined(0, { record: auditRecord({ timeEpoch: NOW - 86_400 }) });
    const { run, sink } = world(objectsOf(old));

    await run();

    expect(added(sink.accepted[0])).toMatchObject({ redated: true, event_time: NOW - 86_400 });
  });

  it('finds the record at fault among others; it stays, they go', async () => {
    const objects = objectsOf(...Array.from({ length: 10 }, (_, n) => quarantined(n)));
    const { run, sink } = world(objects, refusing('user-3'));

    const report = await run();

    expect(report).toMatchObject({ objects: 10, sent: 9, remaining: 1, refused: 1, error: null });
    expect([...objects.keys()]).toEqual(['q/0003']);
    expect(actorsOf(sink.accepted)).not.toContain('user-3');
  });

  it('looks at each object once, also when all are refused again', async () => {
    const actors = Array.from({ length: 20 }, (_, n) => `user-${n}`);
    const objects = objectsOf(...actors.map((_, n) => quarantined(n)));
    const { run } = world(objects, refusing(...actors));

    const report = await run();

    expect(report).toMatchObject({ objects: 20, sent: 0, remaining: 20, refused: 20, error: null });
    expect(objects.size).toBe(20);
  });

  it.each([1, 2, 8])(
    'keeps all of %i objects whose records are refused again, too few to ask the intake before the end',
    async (count) => {
      const actors = Array.from({ length: count }, (_, n) => `user-${n}`);
      const objects = objectsOf(...actors.map((_, n) => quarantined(n)));
      const { run } = world(objects, refusing(...actors));

      const report = await run();

      expect(report).toEqual({
        objects: count,
        sent: 0,
        remaining: count,
        refused: count,
        unreadable: 0,
        error: null,
      });
      expect(objects.size).toBe(count);
    },
  );

  it('leaves what holds no record where it is, naming its key alone', async () => {
    const objects = objectsOf('unreadable', quarantined(1), 'unreadable');
    const { run, telemetry } = world(objects);

    const report = await run();

    expect(report).toMatchObject({ objects: 3, sent: 1, remaining: 2, unreadable: 2, error: null });
    expect(telemetry.warnings.map(({ fields }) => fields)).toEqual([{ key: 'q/0000' }, { key: 'q/0002' }]);
  });

  it('does not count what another replay has sent meanwhile', async () => {
    const { run } = world(objectsOf('gone', quarantined(1)));

    expect(await run()).toMatchObject({ objects: 2, sent: 1, remaining: 0 });
  });
});

describe('what stops a replay', () => {
  it('is the deadline: what was accepted until then is deleted, the rest remains', async () => {
    const objects = objectsOf(...Array.from({ length: 2500 }, (_, n) => quarantined(n)));
    const { run, clock } = world(objects, fakeSink(), {
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
    const { run, clock } = world(objects, refusing('user-0', 'user-1'), {
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
      const { run } = world(
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
    const { run, telemetry } = world(
      objectsOf(quarantined(0)),
      fakeSink(() => ({ outcome: 'credential', reason: '403' })),
    );

    expect(await run()).toMatchObject({ remaining: 1, error: { fix: 'Store the right key.' } });
    expect(telemetry.counts.CredentialFailures).toBe(1);
  });

  it('F74 is an object that cannot be deleted, after all of its batch were tried', async () => {
    const objects = objectsOf(...Array.from({ length: 3 }, (_, n) => quarantined(n)));
    const failure = new QuarantineError('quarantine-denied', 'Denied.', 'Allow it.');
    const { run } = world(objects, fakeSink(), {
      delete: async (key) => {
        if (key === 'q/0000') throw failure;
        objects.delete(key);
      },
    });

    expect(await run()).toMatchObject({ sent: 3, remaining: 1, error: { code: 'quarantine-denied' } });
    expect([...objects.keys()]).toEqual(['q/0000']);
  });
});
