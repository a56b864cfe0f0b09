import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ledgerEntry, UNDATED_HOUR } from '../../../../../../lambda/forwarder/core/ledger/entry.ts';
import { Ledger } from '../../../../../../lambda/forwarder/core/ledger/ledger.ts';
import { secretOf } from '../../../../../../lambda/forwarder/core/ledger/salt.ts';
import type { PostAnswer, Source } from '../../../../../../lambda/forwarder/core/ports.ts';
import { identify } from '../../../../../../lambda/forwarder/core/records/identity.ts';
import { RecordsWithoutSlice } from '../../../../../../lambda/forwarder/core/slices/records-without-slice.ts';
import type { StreamSettings } from '../../../../../../lambda/forwarder/core/slices/stream-context.ts';
import type { LedgerChunk, StateStore } from '../../../../../../lambda/forwarder/core/state-ports.ts';
import { SourceError, StateError } from '../../../../../../lambda/shared/errors.ts';
import type { JsonObject } from '../../../../../../lambda/shared/json.ts';
import { alertRecord, auditRecord } from '../../../../../support/core-records.ts';
import { fakeSink, fakeSource, memoryStore, SUCCESS } from '../../../../../support/fake-ports.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { HOUR_SECONDS, IDENTITY_RULES, SETTLE_SECONDS } from '../../../../../support/stream-settings.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

/** Records without a usable time and records dated ahead: any slice may meet them, and several side by side. */

const DAY = 24 * HOUR_SECONDS;
const undated = auditRecord({ actor: 'undated', timeEpoch: null });

interface Circumstances {
  source?: Source;
  store?: StateStore;
  answer?: (logs: JsonObject[], call: number) => PostAnswer;
  settings?: Partial<StreamSettings>;
}

/** The audit stream over fakes, run after run; one slice at a time, and no sweep. */
function world({ source, store, answer, settings }: Circumstances) {
  const sink = fakeSink(answer);
  const ports = { sink, ...(source && { source }), ...(store && { store }) };
  return { ...streamWorld(ports, { parallelSlices: 1, lookbackSeconds: 0, ...settings }), sink };
}

/** A source whose slices of more than half an hour fail after their first page, which holds the given records. */
function failingLater(records: JsonObject[]): Source {
  return {
    async *pages(_, { from, to }) {
      yield { records };
      if (to - from > HOUR_SECONDS / 2) throw new SourceError('page-too-large', 'Too large.', 'None.');
    },
    alertTypes: async () => new Map(),
  };
}

/** Counts how often each hour of the ledger is read. */
function countingReads(store = memoryStore()) {
  const hours: number[] = [];
  return {
    hours,
    store: {
      ...store,
      loadLedger(stream, hour, lastHour) {
        if (lastHour === undefined) hours.push(hour);
        return store.loadLedger(stream, hour, lastHour);
      },
    } satisfies StateStore,
  };
}

describe('a record without a slice', () => {
  it('is sent by a later slice of the run when the first slice that saw it has failed', async () => {
    const { run, sink } = world({
      source: failingLater([undated]),
      settings: { initialLookbackSeconds: HOUR_SECONDS + SETTLE_SECONDS },
    });

    const report = await run();

    expect(report).toMatchObject({ error: null, caughtUp: true });
    expect(sink.accepted).toMatchObject([{ actor: 'undated' }]);
  });

  it('is sent once when its batch was accepted and the slice failed after that', async () => {
    const others = Array.from({ length: 1000 }, (_, n) =>
      auditRecord({ actor: `user-${n}`, timeEpoch: null }),
    );
    const { run, sink } = world({
      source: failingLater([undated, ...others]),
      settings: { initialLookbackSeconds: HOUR_SECONDS + SETTLE_SECONDS },
    });

    await run();

    expect(new Set(sink.accepted.map(({ actor }) => actor)).size).toBe(1001);
    expect(sink.accepted).toHaveLength(1001);
  });

  it('is sent once by concurrent slices', async () => {
    const source = fakeSource({ 'audit-logs': [undated] });
    const { run, sink } = world({ source, settings: { parallelSlices: 4 } });

    await run();

    expect(sink.accepted).toHaveLength(1);
  });

  it('F62 is marked as a possible duplicate when a chunk that may note it cannot be read, also when another slice fails meanwhile', async () => {
    const store = memoryStore();
    const unreadable = { hour: UNDATED_HOUR, fence: 1, sequence: 0, entries: Uint8Array.of(99) };
    await store.appendLedger('alerts', unreadable, Number.POSITIVE_INFINITY);
    const events = new EventEmitter();
    const [typesAskedFor, otherHasFailed] = [once(events, 'asked'), once(events, 'failed')];
    let slices = 0;
    const source: Source = {
      async *pages() {
        const slice = ++slices;
        if (slice === 1) yield { records: [alertRecord({ creationTimestamp: null })] };
        if (slice !== 2) return;
        await typesAskedFor;
        setImmediate(() => events.emit('failed'));
        throw new SourceError('page-too-large', 'Too large.', 'None.');
      },
      async alertTypes() {
        events.emit('asked');
        await otherHasFailed;
        return new Map();
      },
    };
    const { run, sink } = streamWorld({ store, source });

    await run('alerts', { parallelSlices: 2, lookbackSeconds: 0 });

    expect(sink.accepted).toMatchObject([{ valence_forwarder: { possible_duplicate: true } }]);
  });

  it('is marked as a possible duplicate when another slice of the run may have sent it', async () => {
    const lost: PostAnswer = { outcome: 'deadline-exceeded' };
    const { run, sink } = world({
      source: fakeSource({ 'audit-logs': [undated] }),
      answer: (_, call) => (call === 1 ? lost : SUCCESS),
    });

    await run();
    await run();

    expect(sink.accepted).toMatchObject([{ valence_forwarder: { possible_duplicate: true } }]);
  });
});

it('an alert without a time is known to later runs when one slice could not note it, but another one could', async () => {
  const base = memoryStore();
  const events = new EventEmitter();
  const noteHasFailed = once(events, 'failed');
  let notes = 0;
  const store: StateStore = {
    ...base,
    async appendLedger(...note) {
      if (++notes === 2) return base.appendLedger(...note);
      setImmediate(() => events.emit('failed'));
      throw new StateError('state-throttled', 'Throttled.', 'None.');
    },
  };
  let slices = 0;
  const source: Source = {
    async *pages() {
      if (++slices === 2) await noteHasFailed;
      yield { records: [alertRecord({ creationTimestamp: null })] };
    },
    alertTypes: async () => new Map(),
  };
  const { run, sink } = streamWorld({ store, source });
  const settings = { parallelSlices: 2, lookbackSeconds: 0 };

  const first = await run('alerts', settings);
  const second = await run('alerts', settings);

  expect([first.error?.code, second.error]).toEqual(['state-throttled', null]);
  expect(sink.accepted).toHaveLength(2);
});

describe('what concurrent slices have claimed', () => {
  const entry = ledgerEntry('audit-logs', identify('audit-logs', undated, IDENTITY_RULES), 1, undefined);
  const empty = () =>
    new RecordsWithoutSlice(() => new Ledger(memoryStore(), 'audit-logs', secretOf('run'), () => undefined));

  it('is anybody’s again when its slice fails, also after another one has failed', async () => {
    const recordsWithoutSlice = empty();
    await recordsWithoutSlice.load(entry.hour);
    recordsWithoutSlice.claim(entry);
    recordsWithoutSlice.release([]);
    const settled = recordsWithoutSlice.confirm(entry);
    await recordsWithoutSlice.load(entry.hour);
    const meanwhile = recordsWithoutSlice.lookUp(entry);
    recordsWithoutSlice.release([entry]);
    await recordsWithoutSlice.load(entry.hour);

    expect([settled, meanwhile, recordsWithoutSlice.lookUp(entry)]).toEqual([false, 'unchanged', 'absent']);
  });

  it('is not forgotten when another slice fails', async () => {
    const recordsWithoutSlice = empty();
    await recordsWithoutSlice.load(entry.hour);
    recordsWithoutSlice.claim(entry);
    recordsWithoutSlice.release([{ ...entry }]);
    await recordsWithoutSlice.load(entry.hour);

    expect(recordsWithoutSlice.lookUp(entry)).toBe('unchanged');
  });
});

describe('records dated far ahead', () => {
  const ahead = (days: number, n = 0) =>
    auditRecord({ actor: `ahead-${days}-${n}`, timeEpoch: NOW + days * DAY + n * HOUR_SECONDS });
  /** A source that shows them to every slice, as one that takes no upper bound does. */
  const showing = (records: JsonObject[]): Source => ({
    async *pages() {
      yield { records };
    },
    alertTypes: async () => new Map(),
  });

  it('have no hour of the ledger read for each of them', async () => {
    const { hours, store } = countingReads();
    const { run, sink } = world({
      source: showing(Array.from({ length: 500 }, (_, n) => ahead(100, n))),
      store,
      settings: { initialLookbackSeconds: HOUR_SECONDS + SETTLE_SECONDS },
    });

    await run();
    await run();

    expect(sink.accepted).toHaveLength(500);
    expect(hours.length).toBeLessThan(10);
  });

  it('are sent once, also when they are no longer far ahead', async () => {
    const { run, sink, clock } = world({ source: showing([ahead(16)]), settings: { boundedAbove: false } });

    await run();
    await clock.sleep(5 * DAY * 1000);
    await run();

    expect(sink.accepted).toHaveLength(1);
  });

  it('are sent once, also when their time has come', async () => {
    const { run, sink, clock } = world({ source: showing([ahead(3)]), settings: { boundedAbove: false } });

    await run();
    await clock.sleep(4 * DAY * 1000);
    await run();

    expect(sink.accepted).toHaveLength(1);
  });

  it('are no reason to doubt the profile of a source that takes no upper bound', async () => {
    const late = auditRecord({ actor: 'later', timeEpoch: NOW - 300 });
    const source = showing([late]);
    const lookingBack = { lookbackSeconds: DAY, holdBackSeconds: 120 };
    const { run, telemetry } = world({ source, settings: { boundedAbove: false, ...lookingBack } });

    await run();

    expect(telemetry.warnings.filter(({ event }) => event === 'records-outside-range')).toEqual([]);
  });
});

describe('F62 what a chunk says that cannot be read', () => {
  it.each([
    ['dated', NOW - 600],
    ['a stray', null],
  ])('may be repeated, marked as a possible duplicate: %s', async (_, timeEpoch) => {
    const base = memoryStore();
    let spoiled = false;
    const store: StateStore = {
      ...base,
      async loadLedger(...asked) {
        const chunks = await base.loadLedger(...asked);
        return spoiled
          ? chunks.map((chunk): LedgerChunk => ({ ...chunk, entries: new Uint8Array() }))
          : chunks;
      },
    };
    const source = fakeSource({ 'audit-logs': [auditRecord({ actor: 'a', timeEpoch })] });
    const { run, sink, clock } = world({ source, store, settings: { lookbackSeconds: DAY } });

    await run();
    spoiled = true;
    await clock.sleep(2 * HOUR_SECONDS * 1000);
    await run();

    expect(sink.accepted.map((log) => log['valence_forwarder'])).toMatchObject([
      { fingerprint: expect.any(String) },
      { possible_duplicate: true },
    ]);
    expect(sink.accepted[0]).not.toMatchObject({ valence_forwarder: { possible_duplicate: true } });
  });
});
