import { describe, expect, it } from 'vitest';
import type { StateStore } from '../../../../../../lambda/forwarder/core/state-ports.ts';
import { QuarantineError } from '../../../../../../lambda/shared/errors.ts';
import { MemoryStore } from '../../../../../simulation/memory-store.ts';
import { auditRecord } from '../../../../../support/core-records.ts';
import { REFUSED } from '../../../../../support/delivery.ts';
import { fakeQuarantine, fakeSink, memoryStore, SUCCESS } from '../../../../../support/fake-ports.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { HOUR_SECONDS as HOURS } from '../../../../../support/stream-settings.ts';
import { recentAuditRecords, streamWorld } from '../../../../../support/stream-world.ts';

/** A store that forgets ledger chunks on time. */
const forgetting = (now: () => number): StateStore => memoryStore([], new MemoryStore(now));

describe('a stream that was idle for longer than the ledger keeps entries', () => {
  it('marks what it forwarded before it stopped', async () => {
    const DAYS = 24 * HOURS;
    const sink = fakeSink((logs) => {
      const refused = logs.some(({ actor }) => actor === 'user-0') && clock.wall() < (NOW + 20 * DAYS) * 1000;
      return refused ? REFUSED : SUCCESS;
    });
    const { run, source, clock } = streamWorld({
      sink,
      store: forgetting(() => clock.wall() / 1000),
      quarantine: fakeQuarantine([], new QuarantineError('quarantine-denied', 'Access denied.', 'Allow it.')),
    });
    source.records['audit-logs'] = recentAuditRecords(3);
    for (let day = 0; day < 20; day++) {
      await run();
      await clock.sleep(24 * HOURS * 1000);
    }
    await run();

    const actors = sink.accepted.map(({ actor }) => actor);
    const repeated = sink.accepted.filter(({ actor }, index) => actor && actors.indexOf(actor) < index);
    expect(repeated.length).toBeGreaterThan(0);
    expect(repeated).toMatchObject(repeated.map(() => ({ valence_forwarder: { possible_duplicate: true } })));
  });
});

describe('a look-back that was raised', () => {
  it('marks what the ledger has forgotten by then, noted under the shorter one', async () => {
    const { run, source, sink, clock } = streamWorld({ store: forgetting(() => clock.wall() / 1000) });
    source.records['audit-logs'] = recentAuditRecords(1);
    await run();
    for (let day = 0; day < 17; day++) {
      await clock.sleep(24 * HOURS * 1000);
      await run('audit-logs', { lookbackSeconds: 30 * 24 * HOURS });
    }

    const marks = sink.accepted.map((log) => JSON.stringify(log).includes('possible_duplicate'));

    expect(marks).toEqual([false, true]);
  });
});

describe('a run after a killed one', () => {
  it('F56 marks what the killed one may have posted, and only until that was processed once', async () => {
    const { run, source, sink, store, clock } = streamWorld();
    await run();
    await clock.sleep(300_000);
    const now = NOW + 300;
    // The killed run takes the lease, and never gives it back.
    await store.acquire({
      stream: 'audit-logs',
      owner: 'killed',
      now,
      leaseUntil: now + 260,
      start: 0,
      slice: 1,
    });
    await clock.sleep(300_000);
    source.records['audit-logs'] = [auditRecord({ timeEpoch: NOW })];
    await run();
    await clock.sleep(300_000);
    await run();
    await clock.sleep(300_000);
    source.records['audit-logs'].push(auditRecord({ timeEpoch: NOW + 1000 }));

    await run();

    expect(JSON.stringify(sink.accepted[0])).toContain('possible_duplicate');
    expect(JSON.stringify(sink.accepted[1])).not.toContain('possible_duplicate');
    expect(sink.accepted).toHaveLength(2);
  });

  it('F56 takes shorter slices each time, because their size may be what killed it', async () => {
    const { run, source, store, clock } = streamWorld();
    const { pages } = source;
    source.pages = async function* () {
      // The machine dies here: nothing is ever answered, and nothing after it runs.
      await new Promise(() => undefined);
    };
    const slices: (number | undefined)[] = [];
    for (let killed = 0; killed < 4; killed++) {
      void run();
      await new Promise((resolve) => setImmediate(resolve));
      slices.push((await store.read('audit-logs'))?.slice);
      await clock.sleep(300_000);
    }
    source.pages = pages;

    const report = await run();

    expect(slices).toEqual([3600, 1800, 900, 450]);
    expect(report).toMatchObject({ error: null, caughtUp: true });
    expect((await store.read('audit-logs'))?.slice).toBeGreaterThan(450);
  });

  it('F56 ends at once when the sweep has nothing to read behind the watermark', async () => {
    const { run, source, store, clock } = streamWorld();
    const young = { initialLookbackSeconds: 0, settleSeconds: HOURS, holdBackSeconds: HOURS };
    await run('audit-logs', young);
    await store.acquire({
      stream: 'audit-logs',
      owner: 'killed',
      now: NOW,
      leaseUntil: NOW + 260,
      start: 0,
      slice: 1,
    });
    await clock.sleep(300_000);

    const report = await run('audit-logs', young);

    expect(report).toMatchObject({ error: null, caughtUp: true });
    expect(source.asked).toEqual([]);
  });
});
