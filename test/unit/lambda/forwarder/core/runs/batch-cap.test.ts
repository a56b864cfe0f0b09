import { describe, expect, it } from 'vitest';
import type { PostAnswer } from '../../../../../../lambda/forwarder/core/ports.ts';
import type { JsonObject } from '../../../../../../lambda/shared/json.ts';
import { auditRecord } from '../../../../../support/core-records.ts';
import { ambiguous } from '../../../../../support/delivery.ts';
import { fakeSink, fakeSource, SUCCESS } from '../../../../../support/fake-ports.ts';
import { isMarked, isProbe } from '../../../../../support/logs.ts';
import { NOW, stubClock } from '../../../../../support/outside-world.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

const TIMEOUT_MS = 30_000;

/** A stream of audit records before an intake that stores each post, and answers none of more than so many logs in time. */
function slowWorld(most: number) {
  const clock = stubClock();
  const stored: JsonObject[] = [];
  const sizes: number[] = [];
  const sink = fakeSink((logs): PostAnswer => {
    if (logs.every(isProbe)) return SUCCESS;
    stored.push(...logs);
    sizes.push(logs.length);
    return logs.length > most ? ambiguous() : SUCCESS;
  });
  const { post } = sink;
  sink.post = async (body, options) => {
    const isAnswered = JSON.parse(body.toString()).length <= most;
    const leftMs = options.deadline.left();
    const answer = await post(body, options);
    if (isAnswered) return answer;
    await clock.sleep(Math.min(TIMEOUT_MS, leftMs));
    return leftMs < TIMEOUT_MS ? { outcome: 'deadline-exceeded' } : answer;
  };
  const source = fakeSource();
  const world = streamWorld({ clock, sink, source }, { parallelSlices: 1 });
  let records = 0;
  return {
    ...world,
    sizes,
    stored,
    /** Adds records of one second, so that shorter slices do not make the batches smaller. */
    add(count: number, time = NOW - 600) {
      for (let n = 0; n < count; n++) {
        source.records['audit-logs'].push(auditRecord({ actor: `user-${records++}`, timeEpoch: time }));
      }
    },
    /** The largest number of copies of a record. */
    copies() {
      const copies = new Map<unknown, number>();
      for (const { actor } of stored) copies.set(actor, (copies.get(actor) ?? 0) + 1);
      return Math.max(...copies.values());
    },
    pass: () => clock.sleep(300_000),
  };
}

describe('F103 an intake that does not answer large posts in time, and stores them', () => {
  it('gets smaller ones within one run of usual length', async () => {
    const { add, run, sizes, stored, copies } = slowWorld(100);
    add(960);

    const report = await run();

    expect(report).toMatchObject({ forwarded: 960, quarantined: 0, caughtUp: true, error: null });
    expect(sizes.slice(0, 6)).toEqual([960, 960, 480, 240, 120, 60]);
    expect(copies()).toBe(6);
    expect(stored.filter((log) => !isMarked(log))).toHaveLength(960);
  });

  it('gets few copies of new records in the runs after that: their size begins at twice the one that was accepted', async () => {
    const { add, run, sizes, copies, pass, store } = slowWorld(100);
    add(960);
    await run();
    const afterFirst = sizes.length;
    await pass();
    add(960, NOW + 60);

    const report = await run();

    expect(report).toMatchObject({ forwarded: 960, caughtUp: true });
    expect(sizes.slice(afterFirst, afterFirst + 3)).toEqual([120, 120, 60]);
    expect(copies()).toBe(6);
    expect(await store.read('audit-logs')).toMatchObject({ batchCap: 120, clean: true });
  });

  it('gets them over several runs that are too short for one answer, with at most one copy a run', async () => {
    const { add, run, sizes, copies, pass } = slowWorld(100);
    add(960);
    const statuses: boolean[] = [];

    while (!statuses.at(-1) && statuses.length < 10) {
      statuses.push((await run('audit-logs', {}, 25_000)).caughtUp);
      await pass();
    }

    // Whole in the first two runs, and half of that from run to run until it is accepted.
    expect(sizes.slice(0, 6)).toEqual([960, 960, 480, 240, 120, 60]);
    expect(statuses).toEqual([false, false, false, false, false, true]);
    expect(copies()).toBe(6);
  });
});
