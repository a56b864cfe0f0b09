import { describe, expect, it } from 'vitest';
import type { PostAnswer } from '../../../../../../lambda/forwarder/core/ports.ts';
import { CredentialError, OutOfTime, SinkError } from '../../../../../../lambda/shared/errors.ts';
import type { JsonObject } from '../../../../../../lambda/shared/json.ts';
import {
  actorsOf,
  batchOf,
  deliveryOver,
  itemOf,
  itemsOf,
  RESET,
  shortTime,
  unexplained,
} from '../../../../../support/delivery.ts';
import { fakeQuarantine, fakeSink, SUCCESS } from '../../../../../support/fake-ports.ts';
import { isProbe } from '../../../../../support/logs.ts';
import { stubClock } from '../../../../../support/outside-world.ts';

const has = (logs: readonly JsonObject[], ...actors: string[]) =>
  actorsOf(logs).some((actor) => actors.includes(String(actor)));

/** Refuses every post that holds a log of one of these actors, without an explanation. */
const refusing =
  (status: number, ...actors: string[]) =>
  (logs: JsonObject[]): PostAnswer =>
    has(logs, ...actors) ? unexplained(status) : SUCCESS;

const probesOf = ({ bodies }: { bodies: string[] }) =>
  bodies.filter((body) => JSON.parse(body).every(isProbe)).length;

describe('F103 a refusal that may be about the records, the key or the address', () => {
  it.each([403, 404, 406, 409, 422, 451])(
    'with status %i: the probe is accepted, so the batch is divided and the record refused alone is quarantined',
    async (status) => {
      const sink = fakeSink(refusing(status, 'user-3'));
      const quarantine = fakeQuarantine();
      const { delivery, shared, noted } = deliveryOver({ sink, quarantine });

      await delivery.deliver(batchOf(itemsOf(10)));
      await delivery.finish();

      expect(JSON.parse(sink.bodies[1] ?? '[]').every(isProbe)).toBe(true);
      expect(probesOf(sink)).toBe(1);
      expect(actorsOf(sink.accepted.filter((log) => !isProbe(log)))).toEqual(
        [0, 1, 2, 4, 5, 6, 7, 8, 9].map((n) => `user-${n}`),
      );
      expect(quarantine.stored).toMatchObject([
        { record: { record: { actor: 'user-3' }, httpStatus: status, reason: String(status) } },
      ]);
      expect(shared).toMatchObject({ forwarded: 9, quarantined: 1, isFullyAcknowledged: true });
      expect(await noted()).toBe(10);
    },
  );

  it('needs a log that was accepted after a record was refused alone: a second probe if there is no other', async () => {
    const sink = fakeSink(refusing(403, 'user-9'));
    const quarantine = fakeQuarantine();
    const { delivery } = deliveryOver({ sink, quarantine });

    await delivery.deliver(batchOf(itemsOf(10)));
    expect(quarantine.stored).toEqual([]);
    await delivery.finish();

    expect(probesOf(sink)).toBe(2);
    expect(quarantine.stored).toHaveLength(1);
  });

  it('of a single record needs one probe, which comes after it', async () => {
    const sink = fakeSink(refusing(403, 'user-0'));
    const quarantine = fakeQuarantine();
    const { delivery } = deliveryOver({ sink, quarantine });

    await delivery.deliver(batchOf([itemOf(0)]));
    await delivery.finish();

    expect(probesOf(sink)).toBe(1);
    expect(quarantine.stored).toHaveLength(1);
  });

  it.each([
    [403, CredentialError, { code: 'datadog-refused-key', fix: 'Store the right key.' }],
    [404, SinkError, { code: 'datadog-unexpected-answer', fix: 'Check the site.' }],
  ])(
    'with status %i to the probe, too: the stream stops, nothing is given up',
    async (status, type, error) => {
      const sink = fakeSink(() => unexplained(status));
      const quarantine = fakeQuarantine();
      const { delivery, shared, noted } = deliveryOver({ sink, quarantine });

      const delivered = delivery.deliver(batchOf(itemsOf(20)));

      await expect(delivered).rejects.toBeInstanceOf(type);
      await expect(delivered).rejects.toMatchObject(error);
      expect(sink.bodies).toHaveLength(2);
      expect(quarantine.stored).toEqual([]);
      expect(await noted()).toBe(0);
      expect(shared).toMatchObject({ forwarded: 0, isFullyAcknowledged: true });
    },
  );

  it('is not the fault of records when the key is refused while a batch is divided', async () => {
    // The batch is refused, the probe accepted, and from then on everything refused.
    const sink = fakeSink((logs, call) => (call === 2 && logs.every(isProbe) ? SUCCESS : unexplained(403)));
    const quarantine = fakeQuarantine();
    const { delivery, noted } = deliveryOver({ sink, quarantine });

    await delivery.deliver(batchOf(itemsOf(4)));

    await expect(delivery.finish()).rejects.toBeInstanceOf(CredentialError);
    expect(quarantine.stored).toEqual([]);
    expect(await noted()).toBe(0);
  });

  it('needs one probe, also if several slices get it within a minute', async () => {
    const sink = fakeSink(refusing(422, 'user-0'));
    const { delivery, sibling, shared } = deliveryOver({ sink });

    await Promise.all([delivery.deliver(batchOf(itemsOf(4))), sibling.deliver(batchOf(itemsOf(4)))]);
    await Promise.all([delivery.finish(), sibling.finish()]);

    expect(probesOf(sink)).toBe(1);
    expect(shared.quarantined).toBe(2);
  });

  it('stops the other slices without another probe when the probe was refused', async () => {
    const sink = fakeSink(() => unexplained(403));
    const { delivery, sibling } = deliveryOver({ sink });
    await expect(delivery.deliver(batchOf(itemsOf(2)))).rejects.toBeInstanceOf(CredentialError);

    await expect(sibling.deliver(batchOf(itemsOf(2)))).rejects.toBeInstanceOf(CredentialError);

    expect(sink.bodies).toHaveLength(3);
  });

  it('costs at most two probes in two minutes, however many records are refused', async () => {
    const clock = stubClock();
    const probedAt: number[] = [];
    const sink = fakeSink((logs) => {
      if (logs.every(isProbe)) probedAt.push(clock.monotonic());
      return logs.every(isProbe) ? SUCCESS : unexplained(403);
    });
    const { delivery, shared } = deliveryOver({ sink, clock, deadlineOf: shortTime(600_000) });

    for (const n of [0, 1, 2, 3]) {
      await delivery.deliver(batchOf([itemOf(n)]));
      await delivery.finish();
    }

    expect(probedAt).toEqual([0, 0, 120_000, 120_000]);
    expect(shared.quarantined).toBe(4);
  });

  it('ends the run, not the stream, when the next probe is due after the deadline', async () => {
    const sink = fakeSink((logs) => (logs.every(isProbe) ? SUCCESS : unexplained(403)));
    const quarantine = fakeQuarantine();
    const { delivery } = deliveryOver({ sink, quarantine, deadlineOf: shortTime(50_000) });
    for (const n of [0, 1]) {
      await delivery.deliver(batchOf([itemOf(n)]));
      await delivery.finish();
    }

    await delivery.deliver(batchOf([itemOf(2)]));

    await expect(delivery.finish()).rejects.toBeInstanceOf(OutOfTime);
    expect(quarantine.stored).toHaveLength(2);
  });

  it('of many records in a row holds no more than a batch of them', async () => {
    const sink = fakeSink((logs) => (logs.every(isProbe) ? SUCCESS : unexplained(403)));
    const quarantine = fakeQuarantine();
    const { delivery } = deliveryOver({ sink, quarantine });

    await delivery.deliver(batchOf(itemsOf(1000)));

    expect(quarantine.stored).toHaveLength(1000);
    expect(probesOf(sink)).toBe(2);
  });

  it('F48 keeps the doubt of an earlier attempt until the record is in quarantine', async () => {
    const sink = fakeSink((logs, call) =>
      call === 1 ? RESET : logs.every(isProbe) ? (call < 4 ? SUCCESS : unexplained(403)) : unexplained(403),
    );
    const { delivery, shared } = deliveryOver({ sink });

    await delivery.deliver(batchOf(itemsOf(2)));
    expect(shared.isFullyAcknowledged).toBe(false);
    await expect(delivery.finish()).rejects.toBeInstanceOf(CredentialError);

    expect(shared.isFullyAcknowledged).toBe(false);
  });
});
