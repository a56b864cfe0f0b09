import { describe, expect, it } from 'vitest';
import type { PostAnswer } from '../../../../../../lambda/forwarder/core/ports.ts';
import { OutOfTime, SinkError } from '../../../../../../lambda/shared/errors.ts';
import type { JsonObject } from '../../../../../../lambda/shared/json.ts';
import {
  actorsOf,
  ambiguous,
  batchOf,
  deliveryOver,
  itemOf,
  itemsOf,
  UNREACHABLE,
} from '../../../../../support/delivery.ts';
import { fakeQuarantine, fakeSink, SUCCESS } from '../../../../../support/fake-ports.ts';
import { isMarked, isProbe } from '../../../../../support/logs.ts';

/** An intake that stores each batch, and answers 500 when the batch is one that it fails on. */
function storing(failsOn: (logs: JsonObject[]) => boolean) {
  const stored: JsonObject[] = [];
  const sizes: number[] = [];
  const sink = fakeSink((logs): PostAnswer => {
    if (logs.every(isProbe)) return SUCCESS;
    stored.push(...logs);
    sizes.push(logs.length);
    return failsOn(logs) ? ambiguous(500) : SUCCESS;
  });
  return { sink, stored, sizes };
}

const has = (logs: readonly JsonObject[], ...actors: string[]) =>
  actorsOf(logs).some((actor) => actors.includes(String(actor)));

/** How many copies of each record arrived, the most frequent first. */
function copiesOf(stored: readonly JsonObject[]): number[] {
  const copies = new Map<unknown, number>();
  for (const actor of actorsOf(stored)) copies.set(actor, (copies.get(actor) ?? 0) + 1);
  return [...copies.values()].sort((a, b) => b - a);
}

describe('F103 a batch that Datadog gives no clear answer for', () => {
  it('is posted twice, then the probe, then its halves, marked', async () => {
    const answers = [ambiguous(500), ambiguous()];
    const sink = fakeSink((_, call) => answers[call - 1] ?? SUCCESS);
    const { delivery, shared, journal, noted } = deliveryOver({ sink });

    await delivery.deliver(batchOf(itemsOf(4)));

    const posts = sink.bodies.map((body): JsonObject[] => JSON.parse(body));
    expect(posts.map((logs) => (logs.every(isProbe) ? 'probe' : logs.length))).toEqual([4, 4, 'probe', 2, 2]);
    expect([posts[0], posts[1], posts[3], posts[4]].map((logs) => logs?.map(isMarked))).toEqual([
      [false, false, false, false],
      [true, true, true, true],
      [true, true],
      [true, true],
    ]);
    expect(journal).toEqual(['ledger audit-logs 2', 'ledger audit-logs 2']);
    expect(shared).toMatchObject({ forwarded: 4, isFullyAcknowledged: true });
    expect(await noted()).toBe(4);
  });

  it.each([
    ['unavailable', ambiguous(503)],
    ['unreachable', UNREACHABLE],
  ])('is not divided while the intake is %s: the run fails, the doubt stays', async (_, answer) => {
    const sink = fakeSink((logs) => (logs.every(isProbe) ? answer : ambiguous(503)));
    const { delivery, shared } = deliveryOver({ sink });

    await expect(delivery.deliver(batchOf(itemsOf(4)))).rejects.toMatchObject({
      code: 'datadog-unavailable',
    });

    expect(sink.bodies.filter((body) => !JSON.parse(body).every(isProbe))).toHaveLength(2);
    expect(shared).toMatchObject({ quarantined: 0, isFullyAcknowledged: false });
  });

  it('fails the run, and does not end it as unfinished, when the deadline ends the probe', async () => {
    const sink = fakeSink((logs) =>
      logs.every(isProbe) ? { outcome: 'deadline-exceeded' } : ambiguous(503),
    );
    const { delivery } = deliveryOver({ sink });

    await expect(delivery.deliver(batchOf(itemsOf(4)))).rejects.toBeInstanceOf(SinkError);
  });

  it('is posted once before it is divided when an earlier run may have posted it', async () => {
    const { sink, sizes } = storing((logs) => logs.length > 2);
    const { delivery } = deliveryOver({ sink });

    await delivery.deliver(batchOf(itemsOf(4).map((item) => ({ ...item, possibleDuplicate: true }))));

    expect(sizes).toEqual([4, 2, 2]);
  });

  it('because of one record: that is quarantined after three answers to it alone, and the copies of all are few', async () => {
    const { sink, stored } = storing((logs) => has(logs, 'user-417'));
    const quarantine = fakeQuarantine();
    const { delivery, shared, noted } = deliveryOver({ sink, quarantine });

    await delivery.deliver(batchOf(itemsOf(1000)));
    await delivery.finish();

    expect(quarantine.stored).toMatchObject([
      { record: { record: { actor: 'user-417' }, httpStatus: 500, reason: '500' } },
    ]);
    expect(shared).toMatchObject({ forwarded: 999, quarantined: 1, isFullyAcknowledged: true });
    expect(await noted()).toBe(1000);
    // Twice whole, once in each of nine smaller batches, three times alone.
    expect(copiesOf(stored)[0]).toBe(14);
    expect(stored).toHaveLength(4001);
    expect(stored.filter((log) => !isMarked(log))).toHaveLength(1000);
  });

  it('because of one record, without storing anything: no record arrives twice', async () => {
    const sink = fakeSink((logs) => (has(logs, 'user-3') ? ambiguous() : SUCCESS));
    const quarantine = fakeQuarantine();
    const { delivery } = deliveryOver({ sink, quarantine });

    await delivery.deliver(batchOf(itemsOf(40)));
    await delivery.finish();

    expect(copiesOf(sink.accepted.filter((log) => !isProbe(log)))).toEqual(Array(39).fill(1));
    // No answer came, so there is no status.
    expect(quarantine.stored).toMatchObject([{ record: { httpStatus: 0 } }]);
  });

  it('because of one record leaves the size of later batches as it was', async () => {
    const { sink, sizes } = storing((logs) => has(logs, 'user-3'));
    const intake = { batchCap: 1000 };
    const { delivery } = deliveryOver({ sink, intake });
    await delivery.deliver(batchOf(itemsOf(16)));

    await delivery.deliver(batchOf(itemsOf(40).slice(16)));

    expect(sizes.at(-1)).toBe(24);
    expect(intake).toEqual({ batchCap: 1000 });
  });

  it('because of its size: the size that was accepted is the cap for the rest of the run, and doubles for the next', async () => {
    const { sink, sizes, stored } = storing((logs) => logs.length > 6);
    const intake = { batchCap: 1000 };
    const { delivery, shared } = deliveryOver({ sink, intake });

    await delivery.deliver(batchOf(itemsOf(40)));
    await delivery.deliver(batchOf(Array.from({ length: 20 }, (_, n) => itemOf(n + 40))));

    expect(sizes).toEqual([40, 40, 20, 10, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5]);
    expect(copiesOf(stored)[0]).toBe(5);
    expect(shared).toMatchObject({ forwarded: 60, quarantined: 0, isFullyAcknowledged: true });
    expect(intake).toEqual({ batchCap: 10 });
  });

  it('begins the next run with half the size when the run ends before that is known', async () => {
    const sink = fakeSink((logs, call) =>
      logs.every(isProbe) ? SUCCESS : call < 4 ? ambiguous(500) : { outcome: 'deadline-exceeded' },
    );
    const intake = { batchCap: 1000 };
    const { delivery, shared } = deliveryOver({ sink, intake });

    await expect(delivery.deliver(batchOf(itemsOf(40)))).rejects.toBeInstanceOf(OutOfTime);

    expect(intake).toEqual({ batchCap: 10 });
    expect(shared.isFullyAcknowledged).toBe(false);
  });

  it.each([
    ['an earlier run', true, [{ outcome: 'deadline-exceeded' } as const], 20],
    ['an earlier attempt', false, [ambiguous(500), { outcome: 'deadline-exceeded' } as const], 20],
    ['nothing', false, [{ outcome: 'deadline-exceeded' } as const], 1000],
  ])(
    'and that the deadline cuts off, after %s had posted it',
    async (_, possibleDuplicate, answers, batchCap) => {
      const sink = fakeSink((__, call) => answers[call - 1] ?? SUCCESS);
      const intake = { batchCap: 1000 };
      const { delivery } = deliveryOver({ sink, intake });

      const delivered = delivery.deliver(
        batchOf(itemsOf(40).map((item) => ({ ...item, possibleDuplicate }))),
      );

      await expect(delivered).rejects.toThrow();
      expect(intake).toEqual({ batchCap });
    },
  );
});

describe('F103 single records that Datadog gives no clear answer for', () => {
  const failing = Array.from({ length: 9 }, (_, n) => `user-${2 * n}`);

  it('go to quarantine, up to eight in a run and stream', async () => {
    const { sink } = storing((logs) => has(logs, ...failing.slice(0, 8)));
    const quarantine = fakeQuarantine();
    const { delivery, shared } = deliveryOver({ sink, quarantine });

    await delivery.deliver(batchOf(itemsOf(20)));
    await delivery.finish();

    expect(quarantine.stored).toHaveLength(8);
    expect(shared).toMatchObject({ forwarded: 12, quarantined: 8, isFullyAcknowledged: true });
  });

  it('stop the stream when there are more, in doubt and with small batches to begin with', async () => {
    const { sink } = storing((logs) => has(logs, ...failing));
    const intake = { batchCap: 1000 };
    const { delivery, shared } = deliveryOver({ sink, intake });

    await expect(delivery.deliver(batchOf(itemsOf(20)))).rejects.toMatchObject({
      code: 'datadog-no-clear-answer',
      message: expect.stringContaining('more than 8 single records'),
    });

    expect(shared).toMatchObject({ quarantined: 8, isFullyAcknowledged: false });
    expect(intake.batchCap).toBeLessThanOrEqual(2);
  });

  it('go to quarantine, eight of them, also when none of them is answered and nothing else is posted: the next run gets further', async () => {
    const { sink } = storing(() => true);
    const quarantine = fakeQuarantine();
    const { delivery } = deliveryOver({ sink, quarantine });

    await expect(delivery.deliver(batchOf(itemsOf(20)))).rejects.toMatchObject({
      code: 'datadog-no-clear-answer',
    });

    expect(quarantine.stored).toHaveLength(8);
  });

  it('are not given up when the intake fails afterwards', async () => {
    // Alone three times, with the probe after the second; then the intake is gone.
    const sink = fakeSink((logs, call) => (logs.every(isProbe) && call === 3 ? SUCCESS : ambiguous(500)));
    const quarantine = fakeQuarantine();
    const { delivery, shared, noted } = deliveryOver({ sink, quarantine });

    await delivery.deliver(batchOf([itemOf(0)]));
    expect(sink.bodies).toHaveLength(4);
    expect(shared.isFullyAcknowledged).toBe(false);
    await expect(delivery.finish()).rejects.toMatchObject({ code: 'datadog-unavailable' });

    expect(quarantine.stored).toEqual([]);
    expect(await noted()).toBe(0);
    expect(shared.isFullyAcknowledged).toBe(false);
  });
});
