import { describe, expect, it } from 'vitest';
import { hourOf } from '../../../../../../lambda/forwarder/core/ledger/entry.ts';
import type { PostAnswer } from '../../../../../../lambda/forwarder/core/ports.ts';
import {
  CredentialError,
  LeaseLost,
  OutOfTime,
  SinkError,
  StateError,
} from '../../../../../../lambda/shared/errors.ts';
import {
  actorsOf,
  batchOf,
  deliveryOver,
  itemOf,
  itemsOf,
  RESET,
  shortTime,
  THROTTLED,
  TOO_LARGE,
  UNREACHABLE,
} from '../../../../../support/delivery.ts';
import { fakeSink, memoryStore, SUCCESS } from '../../../../../support/fake-ports.ts';
import { isMarked } from '../../../../../support/logs.ts';
import { NOW, stubClock } from '../../../../../support/outside-world.ts';

const inTurn =
  (...answers: PostAnswer[]) =>
  (_: unknown, call: number): PostAnswer =>
    answers[call - 1] ?? SUCCESS;

describe('delivering a batch', () => {
  it('posts one JSON array and notes it in the ledger after it was accepted', async () => {
    const { delivery, journal, shared } = deliveryOver();

    await delivery.deliver(batchOf(itemsOf(3)));

    expect(journal).toEqual(['post 3', 'ledger audit-logs 3']);
    expect(shared).toMatchObject({ forwarded: 3, quarantined: 0, isFullyAcknowledged: true });
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

    await delivery.deliver(batchOf([{ ...itemOf(0), possibleDuplicate: true }, itemOf(1)]));

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
    expect(shared).toMatchObject({ forwarded: 2, isFullyAcknowledged: true });
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
    expect(shared).toMatchObject({ forwarded: 2, isFullyAcknowledged: true });
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
  ])('F46 fails when Datadog stays away, and %s', async (_, answer, isFullyAcknowledged) => {
    const { delivery, shared, noted } = deliveryOver({ sink: fakeSink(() => answer) });

    await expect(delivery.deliver(batchOf(itemsOf(2)))).rejects.toMatchObject({
      code: 'datadog-unavailable',
    });

    expect(shared).toMatchObject({ forwarded: 0, isFullyAcknowledged });
    expect(await noted()).toBe(0);
  });

  it('F04 ends the run, not the stream, when Datadog asks for more time than is left', async () => {
    const sink = fakeSink(() => ({ ...THROTTLED, retryAfterMs: 1e9 }));
    const { delivery, shared } = deliveryOver({ sink });

    await expect(delivery.deliver(batchOf(itemsOf(2)))).rejects.toBeInstanceOf(OutOfTime);

    expect(sink.bodies).toHaveLength(1);
    expect(shared.isFullyAcknowledged).toBe(true);
  });

  it('F42 leaves the batch unconfirmed when the deadline passes before the answer', async () => {
    const { delivery, shared, noted } = deliveryOver({
      sink: fakeSink(() => ({ outcome: 'deadline-exceeded' })),
    });

    await expect(delivery.deliver(batchOf(itemsOf(2)))).rejects.toBeInstanceOf(OutOfTime);

    expect(shared.isFullyAcknowledged).toBe(false);
    expect(await noted()).toBe(0);
  });

  it('blames the error, not the deadline, when a later attempt is cut off', async () => {
    const { delivery } = deliveryOver({
      sink: fakeSink(inTurn(THROTTLED, { outcome: 'deadline-exceeded' })),
    });

    await expect(delivery.deliver(batchOf(itemsOf(2)))).rejects.toBeInstanceOf(SinkError);
  });
});

describe('what stops a delivery', () => {
  it('F45 is a refused key: the error says how to replace it, and nothing is noted', async () => {
    const sink = fakeSink(() => ({ outcome: 'credential', reason: '403' }));
    const { delivery, shared, noted } = deliveryOver({ sink });

    const delivered = delivery.deliver(batchOf(itemsOf(2)));

    await expect(delivered).rejects.toBeInstanceOf(CredentialError);
    await expect(delivered).rejects.toMatchObject({ fix: 'Store the right key.' });
    expect(sink.bodies).toHaveLength(1);
    expect(shared).toMatchObject({ forwarded: 0, isFullyAcknowledged: true });
    expect(await noted()).toBe(0);
  });

  it('F50 is an unexpected answer, with its fix', async () => {
    const stop: PostAnswer = {
      outcome: 'fatal',
      ambiguous: false,
      reason: 'Datadog answered 301.',
      fix: 'Check the site.',
    };
    const { delivery, shared } = deliveryOver({ sink: fakeSink(() => stop) });

    await expect(delivery.deliver(batchOf(itemsOf(2)))).rejects.toMatchObject({
      code: 'datadog-unexpected-answer',
      message: 'Datadog answered 301.',
      fix: 'Check the site.',
    });
    expect(shared.isFullyAcknowledged).toBe(true);
  });

  it('F98 leaves an unconfirmed write when an unexpected answer may have come from a proxy on the way', async () => {
    const stop: PostAnswer = { outcome: 'fatal', ambiguous: true, reason: 'HTML.', fix: 'Check the proxy.' };
    const { delivery, shared } = deliveryOver({ sink: fakeSink(() => stop) });

    await expect(delivery.deliver(batchOf(itemsOf(2)))).rejects.toMatchObject({
      code: 'datadog-unexpected-answer',
    });
    expect(shared.isFullyAcknowledged).toBe(false);
  });

  it('F54 is a ledger that cannot be written: the batch was accepted, but is unconfirmed', async () => {
    const store = {
      ...memoryStore(),
      appendLedger: () => Promise.reject(new StateError('state-unreachable', 'No answer.', 'Wait.')),
    };
    const { delivery, shared } = deliveryOver({ store });

    await expect(delivery.deliver(batchOf(itemsOf(2)))).rejects.toBeInstanceOf(StateError);

    expect(shared.isFullyAcknowledged).toBe(false);
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
    expect(shared.isFullyAcknowledged).toBe(true);
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
