import { expect, it } from 'vitest';
import type { Range, Source } from '../../../../../../lambda/forwarder/core/ports.ts';
import { noListKnowledge } from '../../../../../../lambda/forwarder/core/slices/completeness.ts';
import type { StateStore } from '../../../../../../lambda/forwarder/core/state-ports.ts';
import {
  CredentialError,
  LeaseLost,
  SourceError,
  StateError,
} from '../../../../../../lambda/shared/errors.ts';
import { auditRecord } from '../../../../../support/core-records.ts';
import { fakeSource, memoryStore } from '../../../../../support/fake-ports.ts';
import { leaseRequest, progressOf, taken } from '../../../../../support/leases.ts';
import { isMarked } from '../../../../../support/logs.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { SETTLE_SECONDS as SETTLE } from '../../../../../support/stream-settings.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

const newest = () => auditRecord({ details: 'newest', timeEpoch: NOW - 5 });
const settled = () => auditRecord({ details: 'settled', timeEpoch: NOW - SETTLE - 5 });

/** A source of these records whose lists fail where `error` says so, and the ranges that it was asked for. */
function failingSource(error: (range: Range) => Error | undefined) {
  const source = fakeSource();
  source.records['audit-logs'] = [settled(), newest()];
  const asked: Range[] = [];
  const { pages } = source;
  const failing: Source = {
    ...source,
    async *pages(stream, range, options) {
      asked.push(range);
      const reason = error(range);
      if (reason) throw reason;
      yield* pages(stream, range, options);
    },
  };
  return { source: failing, asked };
}

const refused = (status: number) => new SourceError(`source-${status}`, 'Refused.', 'None.', status);
const details = ({ accepted }: { accepted: readonly Record<string, unknown>[] }) =>
  accepted.map((log) => log['details']).sort();

it('a record is forwarded by the first run that sees it, and once; the watermark stays behind it', async () => {
  const { run, source, sink, clock } = streamWorld();
  source.records['audit-logs'] = [settled(), newest()];

  const report = await run();
  await clock.sleep(300_000);
  const next = await run();

  expect(report).toMatchObject({ error: null, caughtUp: true, forwarded: 2, watermark: NOW - SETTLE });
  expect(next).toMatchObject({ forwarded: 0, watermark: NOW + 300 - SETTLE });
  expect(details(sink)).toEqual(['newest', 'settled']);
  expect(sink.accepted.filter(isMarked)).toEqual([]);
});

it('a record that vanishes and returns before it has settled is forwarded once', async () => {
  const { run, source, sink, clock } = streamWorld();
  const showing = [[newest()], [], [newest()], [newest()]];
  for (const records of showing) {
    source.records['audit-logs'] = records;
    await run();
    await clock.sleep(30_000);
  }

  expect(details(sink)).toEqual(['newest']);
});

it('a record that changes before it has settled is forwarded in both forms, unmarked', async () => {
  const { run, source, sink, clock } = streamWorld();
  for (const details of ['provisional', 'final']) {
    source.records['audit-logs'] = [auditRecord({ details, timeEpoch: NOW - 5 })];
    await run();
    await clock.sleep(200_000);
  }

  expect(details(sink)).toEqual(['final', 'provisional']);
  expect(sink.accepted.filter(isMarked)).toEqual([]);
});

it('an identical record that is added before the range has settled is forwarded, too', async () => {
  const { run, source, sink, clock } = streamWorld();
  for (const records of [[newest()], [newest(), newest()]]) {
    source.records['audit-logs'] = records;
    await run();
    await clock.sleep(30_000);
  }

  expect(sink.accepted).toHaveLength(2);
});

it('a list of them proves nothing: it is not divided, however it ends', async () => {
  const { source, asked } = failingSource(() => undefined);
  const list: Source['pages'] = source.pages;
  source.pages = async function* (stream, range, { onEnd: _, ...options }) {
    yield* list(stream, range, options);
  };
  const { run } = streamWorld({ source }, { lookbackSeconds: 0, initialLookbackSeconds: SETTLE + 1 });

  await run();

  expect(asked.filter(({ to }) => to > NOW - SETTLE)).toEqual([{ from: NOW - SETTLE, to: NOW }]);
});

it('a range of them that is refused fails no run, and is not asked for again within an hour', async () => {
  let refuses = true;
  const { source, asked } = failingSource(({ to }) =>
    refuses && to > NOW - SETTLE ? refused(400) : undefined,
  );
  const { run, sink, telemetry, clock } = streamWorld({ source, lists: { 'audit-logs': noListKnowledge() } });

  const report = await run();
  const again = await run();
  const askedInAnHour = asked.filter(({ to }) => to > NOW - SETTLE).length;
  refuses = false;
  await clock.sleep(3_600_000);
  await run();

  expect([report, again]).toMatchObject([
    { error: null, caughtUp: true, watermark: NOW - SETTLE },
    { error: null, caughtUp: true },
  ]);
  expect(askedInAnHour).toBe(1);
  expect(asked.some(({ to }) => to === NOW + 3600)).toBe(true);
  expect(telemetry.infos.map(({ event }) => event)).toContain('newest-not-answered');
  expect(details(sink)).toEqual(['newest', 'settled']);
});

it('an accident of the source is forgotten by the next run', async () => {
  let isDown = true;
  const { source } = failingSource(({ to }) => (isDown && to > NOW - SETTLE ? refused(503) : undefined));
  const { run, sink } = streamWorld({ source, lists: { 'audit-logs': noListKnowledge() } });

  const report = await run();
  isDown = false;
  await run();

  expect(report).toMatchObject({ error: null, caughtUp: true });
  expect(details(sink)).toEqual(['newest', 'settled']);
});

it('a key that is refused fails the run, and so does a lost lease', async () => {
  const revoked = new CredentialError('valence-key', 'Refused.', 'Renew it.', 401);
  const { source } = failingSource(({ to }) => (to > NOW - SETTLE ? revoked : undefined));
  const lost = memoryStore();
  lost.appendLedger = async () => {
    throw new LeaseLost('audit-logs');
  };

  const first = await streamWorld({ source }).run();
  const other = streamWorld({ store: lost });
  other.source.records['audit-logs'] = [newest()];
  const second = await other.run();

  expect(first.error?.code).toBe('valence-key');
  expect(second.error?.code).toBe('lease-lost');
});

it('after a run that was killed, they are marked if it may have posted them, however short slices are', async () => {
  const table = memoryStore();
  let isKilled = false;
  const killed = async (): Promise<never> => {
    throw new StateError('state-throttled', 'Throttled.', 'None.');
  };
  const store: StateStore = {
    ...table,
    appendLedger: (...call) => (isKilled ? killed() : table.appendLedger(...call)),
    release: (...call) => (isKilled ? killed() : table.release(...call)),
  };
  const { run, source, sink, clock } = streamWorld({ store }, { parallelSlices: 1, lookbackSeconds: 0 });
  await run();
  const { lease, state } = taken(
    await store.acquire(leaseRequest({ stream: 'audit-logs', owner: 'other', now: NOW })),
  );
  await store.release(lease, progressOf(state, { slice: 60, freshEnd: state.watermark }), true);
  source.records['audit-logs'] = [auditRecord({ timeEpoch: NOW - 40 })];
  await clock.sleep(30_000);
  isKilled = true;
  await run();
  isKilled = false;
  await clock.sleep(300_000);
  await run();

  expect(sink.accepted.map(isMarked)).toEqual([false, true]);
});
