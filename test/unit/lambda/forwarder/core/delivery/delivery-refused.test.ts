import { describe, expect, it } from 'vitest';
import type { Item } from '../../../../../../lambda/forwarder/core/delivery/item.ts';
import { Ledger } from '../../../../../../lambda/forwarder/core/ledger/ledger.ts';
import { secretOf } from '../../../../../../lambda/forwarder/core/ledger/salt.ts';
import type { PostAnswer } from '../../../../../../lambda/forwarder/core/ports.ts';
import {
  CredentialError,
  OutOfTime,
  QuarantineError,
  SinkError,
} from '../../../../../../lambda/shared/errors.ts';
import type { JsonObject } from '../../../../../../lambda/shared/json.ts';
import { manyKeys } from '../../../../../support/core-records.ts';
import {
  actorsOf,
  batchOf,
  deliveryOver,
  filling,
  itemOf,
  itemsOf,
  logTextOf,
  REFUSED,
  RESET,
  TOO_LARGE,
  UNREACHABLE,
} from '../../../../../support/delivery.ts';
import {
  fakeQuarantine,
  fakeSink,
  type Journal,
  memoryStore,
  SUCCESS,
} from '../../../../../support/fake-ports.ts';
import { isProbe } from '../../../../../support/logs.ts';
import { NOW } from '../../../../../support/outside-world.ts';

/** Refuses every post that holds a log of one of these actors. */
const refusing =
  (...actors: string[]) =>
  (logs: JsonObject[]): PostAnswer =>
    logs.some(({ actor }) => actors.includes(String(actor))) ? REFUSED : SUCCESS;

describe('rejected records', () => {
  it('F43 are found by halving: each is quarantined, and the rest arrives once', async () => {
    const sink = fakeSink(refusing('user-3', 'user-7'));
    const quarantine = fakeQuarantine();
    const { delivery, shared, noted } = deliveryOver({ sink, quarantine });

    await delivery.deliver(batchOf(itemsOf(10)));
    await delivery.finish();

    const good = [0, 1, 2, 4, 5, 6, 8, 9].map((n) => `user-${n}`);
    expect(actorsOf(sink.accepted)).toEqual(good);
    expect(quarantine.stored.map(({ record }) => record.record['actor'])).toEqual(['user-3', 'user-7']);
    expect(shared).toMatchObject({ forwarded: 8, quarantined: 2, isFullyAcknowledged: true });
    expect(await noted()).toBe(10);
  });

  it('F43 are in quarantine with all that a replay needs', async () => {
    const quarantine = fakeQuarantine();
    const { delivery } = deliveryOver({ sink: fakeSink(refusing('user-0')), quarantine });
    const item = { ...itemOf(0), alertType: { name: 'A' } };

    await delivery.deliver(batchOf([item]));
    await delivery.finish();

    expect(quarantine.stored).toEqual([
      {
        time: NOW - 60,
        record: {
          stream: 'audit-logs',
          record: item.record,
          alertType: { name: 'A' },
          fingerprint: item.fingerprint,
          reason: '400',
          httpStatus: 400,
          quarantinedAt: '2025-12-29T09:20:00.000Z',
        },
      },
    ]);
  });

  it('F43 are written to quarantine before the ledger speaks of them', async () => {
    const journal: Journal = [];
    const { delivery } = deliveryOver({
      sink: fakeSink(refusing('user-0'), journal),
      quarantine: fakeQuarantine(journal),
      store: memoryStore(journal),
    });

    await delivery.deliver(batchOf(itemsOf(1)));
    await delivery.finish();

    const probe = 'post 1';
    expect(journal).toEqual(['post 1', probe, 'quarantine 1', 'ledger audit-logs 1']);
  });

  it('F43 are noted as themselves, also when their batch holds others by the time of the verdict', async () => {
    const [refused, ...others] = itemsOf(4) as [Item, Item, Item, Item];
    const store = memoryStore();
    const { delivery } = deliveryOver({ sink: fakeSink(refusing('user-0')), store });
    const batch = filling([refused]);

    await delivery.deliver(batch.seal());
    for (const item of others) batch.add(item, logTextOf(item));
    await delivery.deliver(batch.seal());
    await delivery.finish();

    const ledger = new Ledger(store, 'audit-logs', secretOf('run'), () => undefined);
    await ledger.load(refused.entry.hour);
    expect([refused, ...others].map(({ entry }) => ledger.lookUp(entry))).toEqual(Array(4).fill('unchanged'));
  });

  it('F44 are not given up, however few, when the intake refuses a plain log too', async () => {
    const { delivery, noted, shared } = deliveryOver({
      sink: fakeSink(() => ({ outcome: 'rejected', status: 400, tooLarge: false, reason: '400' })),
    });

    await delivery.deliver(batchOf(itemsOf(2)));
    const finishing = delivery.finish();

    await expect(finishing).rejects.toMatchObject({ code: 'datadog-refuses-everything' });
    expect(shared.quarantined).toBe(0);
    expect(await noted()).toBe(0);
  });

  it('F74 are dropped nowhere when the quarantine fails: the stream stops', async () => {
    const failure = new QuarantineError('quarantine-denied', 'Access denied.', 'Allow it.');
    const { delivery, shared, noted } = deliveryOver({
      sink: fakeSink(refusing('user-0')),
      quarantine: fakeQuarantine([], failure),
    });

    await delivery.deliver(batchOf(itemsOf(1)));
    await expect(delivery.finish()).rejects.toBe(failure);

    expect(shared).toMatchObject({ quarantined: 0, isFullyAcknowledged: true });
    expect(await noted()).toBe(0);
  });

  it.each([
    ['the intake refuses a plain log too', REFUSED, fakeQuarantine()],
    [
      'the quarantine fails',
      SUCCESS,
      fakeQuarantine([], new QuarantineError('quarantine-denied', 'Access denied.', 'Allow it.')),
    ],
  ])('F48 stay unconfirmed when an earlier answer was lost and %s', async (_, probe, quarantine) => {
    const sink = fakeSink((logs, call) => (call === 1 ? RESET : logs.some(isProbe) ? probe : REFUSED));
    const { delivery, shared } = deliveryOver({ sink, quarantine });

    await delivery.deliver(batchOf(itemsOf(1)));
    await expect(delivery.finish()).rejects.toThrow();

    expect(shared.isFullyAcknowledged).toBe(false);
  });

  it('F48 are confirmed once they are in quarantine', async () => {
    const sink = fakeSink((logs, call) => (call === 1 ? RESET : logs.some(isProbe) ? SUCCESS : REFUSED));
    const { delivery, shared } = deliveryOver({ sink });

    await delivery.deliver(batchOf(itemsOf(2)));
    await delivery.finish();

    expect(shared).toMatchObject({ quarantined: 2, isFullyAcknowledged: true });
  });

  it('F44 stop the stream when the intake refuses a plain log, too: nothing is given up', async () => {
    const sink = fakeSink(() => REFUSED);
    const quarantine = fakeQuarantine();
    const { delivery, shared, noted } = deliveryOver({ sink, quarantine });

    await expect(delivery.deliver(batchOf(itemsOf(20)))).rejects.toMatchObject({
      code: 'datadog-refuses-everything',
    });

    expect(quarantine.stored).toEqual([]);
    expect(await noted()).toBe(0);
    expect(shared).toMatchObject({ quarantined: 0, isFullyAcknowledged: true });
  });

  it('F44 all go to quarantine when the intake takes a plain log', async () => {
    const sink = fakeSink((logs) => (logs.every(isProbe) ? SUCCESS : REFUSED));
    const quarantine = fakeQuarantine();
    const { delivery, shared } = deliveryOver({ sink, quarantine });

    await delivery.deliver(batchOf(itemsOf(20)));
    await delivery.finish();

    expect(sink.accepted).toEqual([
      { ddsource: 'valence-forwarder', service: 'forwarder', message: expect.any(String) },
    ]);
    expect(quarantine.stored).toHaveLength(20);
    expect(shared).toMatchObject({ forwarded: 0, quarantined: 20 });
  });

  it('F44 are believed at once when the intake has accepted another log', async () => {
    const sink = fakeSink((logs) => (actorsOf(logs).includes('user-99') ? SUCCESS : REFUSED));
    const { delivery, shared } = deliveryOver({ sink });

    await delivery.deliver(batchOf([itemOf(99)]));
    await delivery.deliver(batchOf(itemsOf(10)));

    expect(sink.accepted.some(isProbe)).toBe(false);
    expect(shared.quarantined).toBe(10);
  });

  it.each([
    ['a refused key', { outcome: 'credential', reason: '403' } as const, CredentialError],
    ['a deadline', { outcome: 'deadline-exceeded' } as const, OutOfTime],
    ['an intake that is down', RESET, SinkError],
  ])('F44 are not judged when the plain log meets %s', async (_, answer, error) => {
    const quarantine = fakeQuarantine();
    const sink = fakeSink((logs) => (logs.every(isProbe) ? answer : REFUSED));
    const { delivery, noted } = deliveryOver({ sink, quarantine });

    await expect(delivery.deliver(batchOf(itemsOf(8)))).rejects.toBeInstanceOf(error);

    expect(quarantine.stored).toEqual([]);
    expect(await noted()).toBe(0);
  });

  it('F44 are judged by the plain log after a passing failure', async () => {
    let probes = 0;
    const sink = fakeSink((logs) =>
      logs.every(isProbe) ? (++probes === 1 ? UNREACHABLE : SUCCESS) : REFUSED,
    );
    const { delivery, shared } = deliveryOver({ sink });

    await delivery.deliver(batchOf(itemsOf(8)));

    expect(shared.quarantined).toBe(8);
  });
});

describe('posts that are too large', () => {
  it('F47 are split until they pass, and everything arrives once', async () => {
    const sink = fakeSink((logs) => (logs.length > 3 ? TOO_LARGE : SUCCESS));
    const { delivery, shared, noted } = deliveryOver({ sink });

    await delivery.deliver(batchOf(itemsOf(20)));

    expect(actorsOf(sink.accepted)).toEqual(itemsOf(20).map((item) => item.record['actor']));
    expect(shared).toMatchObject({ forwarded: 20, quarantined: 0 });
    expect(await noted()).toBe(20);
  });

  it('F47 of one record are shrunk', async () => {
    const sink = fakeSink((logs) => (JSON.stringify(logs).length > 40_000 ? TOO_LARGE : SUCCESS));
    const { delivery, shared } = deliveryOver({ sink });

    await delivery.deliver(batchOf([itemOf(0, { details: 'd'.repeat(50_000) })]));

    expect(sink.accepted).toMatchObject([{ actor: 'user-0', valence_forwarder: { shrunk: true } }]);
    expect(shared).toMatchObject({ forwarded: 1, quarantined: 0 });
  });

  it('F47 of one record go to quarantine, whole, when they cannot be shrunk', async () => {
    const quarantine = fakeQuarantine();
    const { delivery } = deliveryOver({
      sink: fakeSink((logs) => (logs.every(isProbe) ? SUCCESS : TOO_LARGE)),
      quarantine,
    });
    const item = itemOf(0, manyKeys(10));

    await delivery.deliver(batchOf([item]));
    await delivery.finish();

    expect(quarantine.stored).toMatchObject([{ record: { record: item.record, httpStatus: 413 } }]);
  });
});
