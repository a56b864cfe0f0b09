import fc from 'fast-check';
import { LosslessNumber } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import { buildLog } from '../../../../../../lambda/forwarder/core/logs/build.ts';
import { fitShape, shapeOf } from '../../../../../../lambda/forwarder/core/logs/fit.ts';
import type { LogSource } from '../../../../../../lambda/forwarder/core/logs/types.ts';
import type { JsonObject } from '../../../../../../lambda/shared/json.ts';
import {
  alertSource,
  auditSource,
  LOG_CONTEXT,
  manyKeys,
  nested,
} from '../../../../../support/core-records.ts';
import { NOW } from '../../../../../support/outside-world.ts';

const fitted = (source: LogSource) => fitShape(buildLog(source, LOG_CONTEXT, NOW)).log;

const eventOf = (index: number, aux: unknown): JsonObject => ({
  eventId: `e${index}`,
  actorUser: { id: `u${index}`, name: 'Ann', email: 'ann@example.com' },
  eventTime: { timestamp: NOW - 100 + index },
  action: { actionName: 'Role given' },
  aux,
});

const eventsOf = (log: { alert?: JsonObject }) => log.alert?.['events'] as JsonObject[];

/** An object of so many levels, itself counted. */
const deepObject = (levels: number): JsonObject => (levels === 1 ? {} : { inner: deepObject(levels - 1) });

describe('the shape that Datadog keeps whole', () => {
  it.each([
    [250, true],
    [251, false],
  ])('of %i attributes: %s', (count, fits) => {
    expect(shapeOf(manyKeys(count)).fits).toBe(fits);
  });

  it('counts the attributes of every level, also inside lists', () => {
    const inside = { list: [manyKeys(100), manyKeys(100)], map: manyKeys(48) };

    expect(shapeOf(inside).fits).toBe(true);
    expect(shapeOf({ ...inside, more: 1 }).fits).toBe(false);
  });

  it.each([
    [10, true],
    [11, false],
  ])('of %i levels: %s', (levels, fits) => {
    expect(shapeOf(deepObject(levels)).fits).toBe(fits);
    expect(shapeOf(nested(levels)).fits).toBe(fits);
  });

  it.each([
    [49, true],
    [50, false],
  ])('of a key of %i characters: %s', (length, fits) => {
    expect(shapeOf({ map: { ['k'.repeat(length)]: 1 } }).fits).toBe(fits);
  });

  it('reports whether it contains exact numbers, which are values and not a level', () => {
    expect(shapeOf({ list: [new LosslessNumber('1e400')] })).toEqual({ fits: true, exactNumbers: true });
    expect(shapeOf({ list: [1] })).toEqual({ fits: true, exactNumbers: false });
  });

  it('F32 is measured over 10,000 levels', () => {
    expect(shapeOf(nested(10_000)).fits).toBe(false);
  });
});

describe('bringing a log into shape', () => {
  it.each([0, 1, 2])('F41 leaves an alert with %i events of an ordinary size as it is', (count) => {
    const events = Array.from({ length: count }, (_, index) => eventOf(index, { 'Version@odata': '1' }));
    const log = buildLog(alertSource({ events }), LOG_CONTEXT, NOW);

    expect(fitShape(log).log).toEqual(log);
  });

  it('F41 turns an aux of 300 keys into one text, and says so', () => {
    const aux = manyKeys(300);

    const log = fitted(alertSource({ events: [eventOf(0, aux), eventOf(1, 'plain')] }));

    expect(log.valence_forwarder.aux_as_text).toBe(true);
    expect(log.valence_forwarder).not.toHaveProperty('extra');
    expect(JSON.parse(String(eventsOf(log)[0]?.['aux']))).toEqual(aux);
    expect(eventsOf(log)[1]).toEqual(eventOf(1, 'plain'));
  });

  it('F41 keeps the primary of 50 events, and the others as one text', () => {
    const events = Array.from({ length: 50 }, (_, index) => eventOf(index, manyKeys(20)));

    const log = fitted(alertSource({ events }));

    expect(eventsOf(log)).toMatchObject([{ eventId: 'e49', actorUser: { id: 'u49' } }]);
    expect(log.valence_forwarder).toMatchObject({
      aux_as_text: true,
      primary_event: { actor: { id: 'u49' } },
    });
    const { events: others } = log.valence_forwarder.extra as JsonObject;
    expect(JSON.parse(String(others))).toHaveLength(49);
    expect(shapeOf(log).fits).toBe(true);
  });

  it('does not mention aux without an aux', () => {
    const events = Array.from({ length: 50 }, (_, index) => eventOf(index, undefined));

    expect(fitted(alertSource({ events })).valence_forwarder).not.toHaveProperty('aux_as_text');
  });

  it('keeps the events readable when an unknown field is at fault', () => {
    const log = fitted(alertSource({ events: [eventOf(0, {})], graph: manyKeys(300) }));

    expect(eventsOf(log)).toMatchObject([{ eventId: 'e0' }]);
    expect(log.alert).toMatchObject({
      connectorUids: ['connector-1'],
      graph: JSON.stringify(manyKeys(300), Object.keys(manyKeys(300)).sort()),
    });
  });

  it('moves many unknown root fields into one text and keeps the known ones', () => {
    const log = fitted(alertSource({ ...manyKeys(300), events: [eventOf(0, {})] }));

    expect(log.alert).toMatchObject({ vuid: 'alert-1', status: 'Open', creationTimestamp: NOW - 60 });
    expect(JSON.parse(String(log.valence_forwarder.extra))).toMatchObject({ alert: manyKeys(300) });
    expect(shapeOf(log).fits).toBe(true);
  });

  it('fits an alert type of nearly as many fields as a log may have', () => {
    const alertType = { ...manyKeys(245), name: 'Role given', severity: 'High' };

    const log = fitted(alertSource({}, { alertType }));

    expect(log.alert_type_details).toEqual({ name: 'Role given', severity: 'High' });
    expect(shapeOf(log).fits).toBe(true);
  });

  it('F83 fits an audit record with 300 further fields', () => {
    const log = fitted(auditSource(manyKeys(300)));

    expect(JSON.parse(String(log.valence_forwarder.extra))).toEqual(manyKeys(300));
    expect(log).toMatchObject({ actor: 'ann@example.com', timeEpoch: NOW - 60 });
    expect(shapeOf(log).fits).toBe(true);
  });

  it.each(['events', 'status', 'connectorUids', 'unknown'])(
    'F32 fits 10,000 levels in the field %s of an alert',
    (field) => {
      expect(shapeOf(fitted(alertSource({ [field]: nested(10_000) }))).fits).toBe(true);
    },
  );

  it.each(['aux', 'ip', 'actorUser', 'action', 'eventTime', 'unknown'])(
    'F32 fits 10,000 levels in the field %s of an event',
    (field) => {
      const events = [{ ...eventOf(0, {}), [field]: nested(10_000) }];

      expect(shapeOf(fitted(alertSource({ events }))).fits).toBe(true);
    },
  );

  it('F32 fits any record', () => {
    const fields = fc.constantFrom(
      'events',
      'status',
      'vuid',
      'details',
      'actor',
      'k'.repeat(60),
      'x',
      '__proto__',
    );
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 14 }),
      fc.constant(manyKeys(260)),
      fc.constant(nested(200)),
    );
    const record = fc.dictionary(fields, fc.oneof(value, fc.array(fc.dictionary(fields, value))));

    fc.assert(
      fc.property(record, fc.option(record, { nil: undefined }), (change, alertType) => {
        expect(shapeOf(fitted(alertSource(change, { alertType }))).fits).toBe(true);
        expect(shapeOf(fitted(auditSource(change))).fits).toBe(true);
      }),
    );
  });

  it('reports that exact numbers are still inside, and that those in a text are not', () => {
    const exact = new LosslessNumber('12345678901234567890');
    const outside = fitShape(buildLog(alertSource({ exact }), LOG_CONTEXT, NOW));
    const inText = fitShape(
      buildLog(alertSource({ events: [eventOf(0, { ...manyKeys(300), exact })] }), LOG_CONTEXT, NOW),
    );

    expect([outside.exactNumbers, inText.exactNumbers]).toEqual([true, false]);
    expect(eventsOf(inText.log)[0]?.['aux']).toContain('"exact":12345678901234567890');
  });
});
