import { describe, expect, it } from 'vitest';
import {
  CredentialError,
  LeaseLost,
  OutOfTime,
  QuarantineError,
  SinkError,
  StateError,
} from '../../lambda/common/errors.ts';
import type { Item } from '../../lambda/forwarder/core/item.ts';
import type { JsonObject } from '../../lambda/forwarder/core/json.ts';
import { Ledger } from '../../lambda/forwarder/core/ledger.ts';
import { hourOf } from '../../lambda/forwarder/core/ledger-entry.ts';
import type { PostAnswer } from '../../lambda/forwarder/core/ports.ts';
import { secretOf } from '../../lambda/forwarder/core/run-secret.ts';
import { manyKeys } from '../support/core-records.ts';
import {
  batchOf,
  deliveryOver,
  filling,
  itemOf,
  itemsOf,
  logTextOf,
  shortTime,
} from '../support/delivery.ts';
import { fakeQuarantine, fakeSink, type Journal, memoryStore, SUCCESS } from '../support/fake-ports.ts';
import { NOW, stubClock } from '../support/outside-world.ts';

const THROTTLED: PostAnswer = { outcome: 'retry', ambiguous: false, throttled: true, reason: '429' };
const UNREACHABLE: PostAnswer = { outcome: 'retry', ambiguous: false, throttled: false, reason: 'refused' };
const RESET: PostAnswer = { outcome: 'retry', ambiguous: true, throttled: false, reason: 'reset' };
const REFUSED: PostAnswer = { outcome: 'poison', status: 400, tooLarge: false, reason: '400' };
const TOO_LARGE: PostAnswer = { outcome: 'poison', status: 413, tooLarge: true, reason: '413' };

const actorsOf = (logs: readonly JsonObject[]) => logs.map(({ actor }) => actor);
const isMarked = ({ valence_forwarder }: JsonObject) =>
  (valence_forwarder as JsonObject)['possible_duplicate'] === true;
const isProbe = ({ ddsource }: JsonObject) => ddsource === 'valence-forwarder';

/** Refuses every post that holds a log of one of these actors. */
const refusing =
  (...actors: string[]) =>
  (logs: JsonObject[]): PostAnswer =>
    logs.some(({ actor }) => actors.includes(String(actor))) ? REFUSED : SUCCESS;

const inTurn =
  (...answers: PostAnswer[]) =>
  (_: unknown, call: number): PostAnswer =>
    answers[call - 1] ?? SUCCESS;

describe('delivering a batch', () => {
  it('posts one JSON array and notes it in the ledger after it was accepted', async () => {
    const { delivery, journal, shared } = deliveryOver();

    await delivery.deliver(batchOf(itemsOf(3)));

    expect(journal).toEqual(['post 3', 'ledger audit-logs 3']);
    expect(shared).toMatchObject({ forwarded: 3, quarantined: 0, clean: true });
  });

  it('posts nothing for nothing', async () => {
    const { delivery, journal } = deliveryOver();

    await delivery.deliver(batchOf([]));
    await delivery.finish();

    expect(journal).toEqual([]);
  });

  it('marks what Datadog may hold already, and only that', async () => {
    const sink = fakeSink();
    const { delivery } = deliveryOver({ sink });

    await delivery.deliver(batchOf([{ ...itemOf(0), marked: true }, itemOf(1)]));

    expect(sink.accepted.map(isMarked)).toEqual([true, false]);
  });

  it('notes each hour in a chunk of its own, and no chunk twice under one number', async () => {
    const store = memoryStore();
    const { delivery } = deliveryOver({ store });
    const hour = hourOf(NOW);
    const items = itemsOf(6).map((item, n) => ({ ...item, entry: { ...item.entry, hour: hour - (n % 3) } }));

    await delivery.deliver(batchOf(items));
    await delivery.deliver(batchOf([itemOf(9)]));

    const chunks = await Promise.all([0, 1, 2].map((back) => store.loadLedger('audit-logs', hour - back)));
    const sequences = chunks.flat().map(({ sequence }) => sequence);
    expect(chunks.flat().every(({ fence }) => fence === 7)).toBe(true);
    expect(new Set(sequences).size).toBe(sequences.length);
    expect(chunks.flat().reduce((sum, { entries }) => sum + (entries.length - 1) / 16, 0)).toBe(7);
  });
});

describe('posting again', () => {
  it.each([
    ['429', THROTTLED],
    ['a refused connection', UNREACHABLE],
  ])('F46 sends the same bytes after %s', async (_, answer) => {
    const sink = fakeSink(inTurn(answer, answer));
    const { delivery, shared } = deliveryOver({ sink });

    await delivery.deliver(batchOf(itemsOf(2)));

    expect(new Set(sink.bodies).size).toBe(1);
    expect(sink.bodies).toHaveLength(3);
    expect(shared).toMatchObject({ forwarded: 2, clean: true });
  });

  it('F48 marks every log after an answer that leaves open whether they were taken', async () => {
    const sink = fakeSink(inTurn(RESET, THROTTLED));
    const { delivery, shared, noted } = deliveryOver({ sink });

    await delivery.deliver(batchOf(itemsOf(2)));

    expect(sink.bodies.map((body) => JSON.parse(body).map(isMarked))).toEqual([
      [false, false],
      [true, true],
      [true, true],
    ]);
    expect(shared).toMatchObject({ forwarded: 2, clean: true });
    expect(await noted()).toBe(2);
  });

  it('F48 keeps the doubt through a later split', async () => {
    const sink = fakeSink(inTurn(RESET, TOO_LARGE));
    const { delivery } = deliveryOver({ sink });

    await delivery.deliver(batchOf(itemsOf(4)));

    expect(actorsOf(sink.accepted)).toEqual(['user-0', 'user-1', 'user-2', 'user-3']);
    expect(sink.accepted.every(isMarked)).toBe(true);
  });

  it('F03 waits as long as Datadog asks', async () => {
    const clock = stubClock();
    const { delivery } = deliveryOver({
      sink: fakeSink(inTurn({ ...THROTTLED, retryAfterMs: 60_000 })),
      clock,
    });

    await delivery.deliver(batchOf(itemsOf(1)));

    expect(clock.slept).toEqual([60_000]);
  });

  it.each([
    ['leaves nothing in doubt after plain refusals', THROTTLED, true],
    ['leaves the batch in doubt after ambiguous answers', RESET, false],
  ])('F46 fails when Datadog stays away, and %s', async (_, answer, clean) => {
    const { delivery, shared, noted } = deliveryOver({ sink: fakeSink(() => answer) });

    await expect(delivery.deliver(batchOf(itemsOf(2)))).rejects.toMatchObject({
      code: 'datadog-unavailable',
    });

    expect(shared).toMatchObject({ forwarded: 0, clean });
    expect(await noted()).toBe(0);
  });

  it('F04 ends the run, not the stream, when Datadog asks for more time than is left', async () => {
    const sink = fakeSink(() => ({ ...THROTTLED, retryAfterMs: 1e9 }));
    const { delivery, shared } = deliveryOver({ sink });

    await expect(delivery.deliver(batchOf(itemsOf(2)))).rejects.toBeInstanceOf(OutOfTime);

    expect(sink.bodies).toHaveLength(1);
    expect(shared.clean).toBe(true);
  });

  it('F42 leaves the batch in doubt when the deadline cuts off the answer', async () => {
    const { delivery, shared, noted } = deliveryOver({ sink: fakeSink(() => ({ outcome: 'cut-off' })) });

    await expect(delivery.deliver(batchOf(itemsOf(2)))).rejects.toBeInstanceOf(OutOfTime);

    expect(shared.clean).toBe(false);
    expect(await noted()).toBe(0);
  });

  it('blames the error, not the deadline, when a later attempt is cut off', async () => {
    const { delivery } = deliveryOver({ sink: fakeSink(inTurn(THROTTLED, { outcome: 'cut-off' })) });

    await expect(delivery.deliver(batchOf(itemsOf(2)))).rejects.toBeInstanceOf(SinkError);
  });
});

describe('what stops a delivery', () => {
  it('F45 is a refused key: the error tells how to replace it, and nothing is noted', async () => {
    const sink = fakeSink(() => ({ outcome: 'credential', reason: '403' }));
    const { delivery, shared, noted } = deliveryOver({ sink });

    const delivered = delivery.deliver(batchOf(itemsOf(2)));

    await expect(delivered).rejects.toBeInstanceOf(CredentialError);
    await expect(delivered).rejects.toMatchObject({ fix: 'Store the right key.' });
    expect(sink.bodies).toHaveLength(1);
    expect(shared).toMatchObject({ forwarded: 0, clean: true });
    expect(await noted()).toBe(0);
  });

  it('F50 is an answer that nobody foresaw, with its fix', async () => {
    const stop: PostAnswer = { outcome: 'stop', reason: 'Datadog answered 301.', fix: 'Check the site.' };
    const { delivery, shared } = deliveryOver({ sink: fakeSink(() => stop) });

    await expect(delivery.deliver(batchOf(itemsOf(2)))).rejects.toMatchObject({
      code: 'datadog-unexpected-answer',
      message: 'Datadog answered 301.',
      fix: 'Check the site.',
    });
    expect(shared.clean).toBe(true);
  });

  it('F54 is a ledger that cannot be written: the batch was accepted, so it is in doubt', async () => {
    const store = {
      ...memoryStore(),
      appendLedger: () => Promise.reject(new StateError('state-unreachable', 'No answer.', 'Wait.')),
    };
    const { delivery, shared } = deliveryOver({ store });

    await expect(delivery.deliver(batchOf(itemsOf(2)))).rejects.toBeInstanceOf(StateError);

    expect(shared.clean).toBe(false);
  });

  it('F73 waits for every ledger write before it fails', async () => {
    const hour = hourOf(NOW);
    const store = memoryStore();
    let ended = 0;
    const halfDead = {
      ...store,
      async appendLedger(...[stream, chunk, expiresAt]: Parameters<typeof store.appendLedger>) {
        if (chunk.hour === hour) throw new StateError('state-unreachable', 'No answer.', 'Wait.');
        await new Promise(setImmediate);
        await store.appendLedger(stream, chunk, expiresAt);
        ended++;
      },
    };
    const { delivery } = deliveryOver({ store: halfDead });
    const items = itemsOf(3).map((item, n) => ({ ...item, entry: { ...item.entry, hour: hour - n } }));

    await expect(delivery.deliver(batchOf(items))).rejects.toBeInstanceOf(StateError);

    expect(ended).toBe(2);
  });

  it('is the deadline, before the post', async () => {
    const { delivery, journal, shared } = deliveryOver({ deadlineOf: shortTime(0) });

    await expect(delivery.deliver(batchOf(itemsOf(2)))).rejects.toBeInstanceOf(OutOfTime);

    expect(journal).toEqual([]);
    expect(shared.clean).toBe(true);
  });

  it('F70 is the end of the lease by the wall clock, before the post: a freeze stops the other clock', async () => {
    const thawed = { ...stubClock(), wall: () => (NOW + 600) * 1000 };
    const { delivery, journal } = deliveryOver({ clock: thawed });

    await expect(delivery.deliver(batchOf(itemsOf(2)))).rejects.toBeInstanceOf(LeaseLost);

    expect(journal).toEqual([]);
  });

  it('F72 is a wall clock that has jumped back since the lease was taken', async () => {
    const clock = stubClock();
    let jumpMs = 0;
    const { delivery, journal } = deliveryOver({
      clock: { ...clock, wall: () => clock.wall() + jumpMs },
    });
    jumpMs = -3_600_000;

    await expect(delivery.deliver(batchOf(itemsOf(2)))).rejects.toMatchObject({ code: 'clock-jumped' });
    expect(journal).toEqual([]);
  });

  it('F57 is a lease that ended while waiting to post again', async () => {
    const sink = fakeSink(() => ({ ...THROTTLED, retryAfterMs: 30_000 }));
    const lease = {
      stream: 'audit-logs',
      owner: 'run-1',
      fence: 7,
      ledgerFence: 7,
      until: NOW + 20,
    } as const;
    const { delivery } = deliveryOver({ sink, lease });

    await expect(delivery.deliver(batchOf(itemsOf(2)))).rejects.toBeInstanceOf(LeaseLost);

    expect(sink.bodies).toHaveLength(1);
  });
});

describe('poison records', () => {
  it('F43 are found by halving: each is quarantined, and the rest arrives once', async () => {
    const sink = fakeSink(refusing('user-3', 'user-7'));
    const quarantine = fakeQuarantine();
    const { delivery, shared, noted } = deliveryOver({ sink, quarantine });

    await delivery.deliver(batchOf(itemsOf(10)));
    await delivery.finish();

    const good = [0, 1, 2, 4, 5, 6, 8, 9].map((n) => `user-${n}`);
    expect(actorsOf(sink.accepted)).toEqual(good);
    expect(quarantine.stored.map(({ record }) => record.record['actor'])).toEqual(['user-3', 'user-7']);
    expect(shared).toMatchObject({ forwarded: 8, quarantined: 2, clean: true });
    expect(await noted()).toBe(10);
  });

  it('F43 stand in quarantine with all that a replay needs', async () => {
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

    await delivery.deliver(batch.take());
    for (const item of others) batch.add(item, logTextOf(item));
    await delivery.deliver(batch.take());
    await delivery.finish();

    const ledger = new Ledger(store, 'audit-logs', secretOf('run'), () => undefined);
    await ledger.load(refused.entry.hour);
    expect([refused, ...others].map(({ entry }) => ledger.lookUp(entry))).toEqual(Array(4).fill('same'));
  });

  it('F44 are not given up, however few, when the intake refuses a plain log too', async () => {
    const { delivery, noted, shared } = deliveryOver({
      sink: fakeSink(() => ({ outcome: 'poison', status: 400, tooLarge: false, reason: '400' })),
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

    expect(shared).toMatchObject({ quarantined: 0, clean: true });
    expect(await noted()).toBe(0);
  });

  it.each([
    ['the intake refuses a plain log too', REFUSED, fakeQuarantine()],
    [
      'the quarantine fails',
      SUCCESS,
      fakeQuarantine([], new QuarantineError('quarantine-denied', 'Access denied.', 'Allow it.')),
    ],
  ])('F48 stay in doubt when an earlier answer was lost and %s', async (_, probe, quarantine) => {
    const sink = fakeSink((logs, call) => (call === 1 ? RESET : logs.some(isProbe) ? probe : REFUSED));
    const { delivery, shared } = deliveryOver({ sink, quarantine });

    await delivery.deliver(batchOf(itemsOf(1)));
    await expect(delivery.finish()).rejects.toThrow();

    expect(shared.clean).toBe(false);
  });

  it('F48 are in doubt no more once they stand in quarantine', async () => {
    const sink = fakeSink((logs, call) => (call === 1 ? RESET : logs.some(isProbe) ? SUCCESS : REFUSED));
    const { delivery, shared } = deliveryOver({ sink });

    await delivery.deliver(batchOf(itemsOf(2)));
    await delivery.finish();

    expect(shared).toMatchObject({ quarantined: 2, clean: true });
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
    expect(shared).toMatchObject({ quarantined: 0, clean: true });
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
    ['a deadline', { outcome: 'cut-off' } as const, OutOfTime],
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
