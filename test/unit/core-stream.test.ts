import { describe, expect, it } from 'vitest';
import {
  CredentialError,
  LeaseLost,
  OutOfTime,
  QuarantineError,
  SourceError,
  StateError,
} from '../../lambda/common/errors.ts';
import type { JsonObject } from '../../lambda/forwarder/core/json.ts';
import type { StateStore } from '../../lambda/forwarder/core/ports.ts';
import { MemoryStore } from '../simulation/memory-store.ts';
import { alertRecord, auditRecord } from '../support/core-records.ts';
import { type FakeSource, fakeQuarantine, fakeSink, fakeSource, memoryStore } from '../support/fake-ports.ts';
import { NOW, stubClock } from '../support/outside-world.ts';
import { HOUR_SECONDS as HOURS, SETTLE_SECONDS as SETTLE } from '../support/stream-settings.ts';
import { streamWorld } from '../support/stream-world.ts';

/** A store whose one call fails. */
const failing = (call: keyof StateStore, error: Error): StateStore => ({
  ...memoryStore(),
  [call]: () => Promise.reject(error),
});

/** A store that forgets ledger chunks on time. */
const forgetting = (now: () => number): StateStore => memoryStore([], new MemoryStore(now));

/** A source whose pages fail. */
const broken = (error: unknown): FakeSource => ({
  ...fakeSource(),
  // biome-ignore lint/correctness/useYield: it fails before the first page.
  async *pages() {
    throw error;
  },
});

const auditRecords = (count: number) =>
  Array.from({ length: count }, (_, n) =>
    auditRecord({ actor: `user-${n}`, timeEpoch: NOW - SETTLE - 1 - n * 60 }),
  );

describe('the first run of a stream', () => {
  it('F60 forwards everything from the first start point on, and says that it starts anew', async () => {
    const { run, source, sink, telemetry } = streamWorld();
    source.records['audit-logs'] = auditRecords(100);

    const report = await run();

    expect(report).toMatchObject({
      fetched: 100,
      forwarded: 100,
      duplicates: 0,
      quarantined: 0,
      watermark: NOW - SETTLE,
      caughtUp: true,
      skipped: null,
      error: null,
    });
    expect(sink.accepted).toHaveLength(100);
    expect(telemetry.warnings).toContainEqual({
      message: expect.stringContaining('First run'),
      fields: { stream: 'audit-logs', start: NOW - 12 * HOURS },
    });
  });

  it('tags as backfill what lies before its own start, and nothing later', async () => {
    const { run, source, sink, clock } = streamWorld();
    source.records['audit-logs'] = auditRecords(1);
    await run();
    await clock.sleep(600_000);
    source.records['audit-logs'].push(auditRecord({ timeEpoch: NOW + 60 }));

    await run();

    expect(sink.accepted.map(({ ddtags }) => String(ddtags).includes('backfill:true'))).toEqual([
      true,
      false,
    ]);
  });

  it('leaves the newest seconds to the next run', async () => {
    const { run, source, sink, clock } = streamWorld();
    source.records['audit-logs'] = [auditRecord({ timeEpoch: NOW - SETTLE })];

    const first = await run();
    await clock.sleep(300_000);
    await run();

    expect(first.forwarded).toBe(0);
    expect(sink.accepted).toHaveLength(1);
  });
});

describe('a later run', () => {
  it('forwards only what is new', async () => {
    const { run, source, sink, clock } = streamWorld();
    source.records['audit-logs'] = auditRecords(10);
    await run();
    await clock.sleep(300_000);
    source.records['audit-logs'].push(auditRecord({ actor: 'new', timeEpoch: NOW }));

    const report = await run();

    expect(report).toMatchObject({ forwarded: 1, watermark: NOW + 300 - SETTLE, error: null });
    expect(sink.accepted).toHaveLength(11);
    expect(JSON.stringify(sink.accepted)).not.toContain('possible_duplicate');
  });

  it('F22 finds within the look-back what appears late', async () => {
    const { run, source, sink, clock } = streamWorld();
    await run();
    await clock.sleep(2 * HOURS * 1000);
    source.records['audit-logs'] = [auditRecord({ timeEpoch: NOW - HOURS })];

    await run();
    await clock.sleep(2 * HOURS * 1000);
    await run();

    expect(sink.accepted).toHaveLength(1);
  });

  it('F40 sends a changed alert again only when asked to', async () => {
    const histories = await Promise.all(
      [true, false].map(async (alertUpdates) => {
        const { run, source, sink, clock } = streamWorld();
        for (const status of ['Open', 'Resolved', 'Open']) {
          source.records.alerts = [
            alertRecord({ status, creationTimestamp: NOW - HOURS, alertType: { name: 'A' } }),
          ];
          await run('alerts', { alertUpdates });
          await clock.sleep(2 * HOURS * 1000);
        }
        return sink.accepted.map((log) => [
          Reflect.get(log['alert'] as object, 'status'),
          Reflect.get(log['valence_forwarder'] as object, 'update') ?? false,
        ]);
      }),
    );

    expect(histories).toEqual([
      [
        ['Open', false],
        ['Resolved', true],
        ['Open', true],
      ],
      [['Open', false]],
    ]);
  });

  it('keeps to the severities asked for, and to alerts of unknown type', async () => {
    const { run, source, sink } = streamWorld();
    const time = { creationTimestamp: NOW - HOURS };
    source.types.set('low', { severity: 'Low' }).set('high', { severity: 'High' });
    source.records.alerts = ['low', 'high', 'unknown'].map((type) =>
      alertRecord({ ...time, vuid: type, alertTypeVuid: type }),
    );

    const report = await run('alerts', { alertSeverities: new Set(['High']) });

    expect(report).toMatchObject({ forwarded: 2, filtered: 1 });
    expect(sink.accepted.map((log) => Reflect.get(log['alert'] as object, 'vuid'))).toEqual([
      'high',
      'unknown',
    ]);
    expect(source.asked.filter((what) => what === 'alert-types')).toHaveLength(1);
  });

  it('F26 gives identical alerts without an id fingerprints of their own', async () => {
    const { run, source, sink } = streamWorld();
    const twin = alertRecord({ vuid: undefined, creationTimestamp: NOW - HOURS, alertType: { name: 'A' } });
    source.records.alerts = [twin, { ...twin }];

    await run('alerts');

    const fingerprints = sink.accepted.map((log) =>
      Reflect.get(log['valence_forwarder'] as object, 'fingerprint'),
    );
    expect(new Set(fingerprints).size).toBe(2);
  });
});

describe('slices side by side', () => {
  const settings = { parallelSlices: 4, lookbackSeconds: 0, initialLookbackSeconds: 4 * HOURS + SETTLE };

  it('read each hour of the ledger once, and know all the same what each of them has forwarded', async () => {
    const store = memoryStore();
    const hours: number[] = [];
    const { run, source, sink } = streamWorld({
      store: {
        ...store,
        loadLedger(stream, hour) {
          hours.push(hour);
          return store.loadLedger(stream, hour);
        },
      },
    });
    source.records['audit-logs'] = auditRecords(200);

    await run('audit-logs', settings);

    expect(sink.accepted).toHaveLength(200);
    expect(hours).toHaveLength(new Set(hours).size);
  });

  it('take nothing for done that one of them has met and not delivered', async () => {
    const alert = alertRecord({ creationTimestamp: NOW - SETTLE - 600 });
    const source = fakeSource({ alerts: [alert] });
    const failingAtFirst: FakeSource = {
      ...source,
      async *pages(stream, range, options) {
        yield* source.pages(stream, range, options);
        if (range.to - range.from > HOURS / 2) throw new SourceError('page-too-large', 'Too large.', 'None.');
      },
    };
    const { run, sink } = streamWorld({ source: failingAtFirst });

    const report = await run('alerts', { ...settings, parallelSlices: 1 });

    expect(report).toMatchObject({ error: null, forwarded: 1 });
    expect(sink.accepted).toHaveLength(1);
  });

  it('F62 mark only what belongs to an hour of which a chunk cannot be read', async () => {
    const { run, source, sink, store, telemetry } = streamWorld();
    const hour = Math.floor((NOW - SETTLE - 1) / HOURS) - 1;
    await store.appendLedger(
      'audit-logs',
      { hour, fence: 1, sequence: 0, entries: Uint8Array.of(99) },
      Number.POSITIVE_INFINITY,
    );
    source.records['audit-logs'] = auditRecords(200);

    await run('audit-logs', settings);

    const marked = sink.accepted.filter(
      ({ valence_forwarder }) => (valence_forwarder as JsonObject)['possible_duplicate'] === true,
    );
    expect(marked).toHaveLength(60);
    expect(marked.every(({ timeEpoch }) => Math.floor(Number(timeEpoch) / HOURS) === hour)).toBe(true);
    expect(
      telemetry.warnings.filter(({ fields }) => fields?.['code'] === 'ledger-chunk-corrupt'),
    ).toHaveLength(1);
  });
});

describe('records without a place in time', () => {
  it.each([
    ['without a time', null],
    ['in the year 2100', 4_102_444_800],
  ])('F25 are forwarded once when they are %s and every slice shows them', async (_, time) => {
    const shown = {
      'audit-logs': [auditRecord({ timeEpoch: time }), auditRecord({ timeEpoch: time })],
      alerts: [alertRecord({ creationTimestamp: time })],
    };
    const source: FakeSource = {
      ...fakeSource(shown),
      async *pages(stream) {
        yield { records: shown[stream] };
      },
    };
    const { run, sink, clock } = streamWorld({ source });
    const services = () => sink.accepted.map(({ service }) => service);

    await Promise.all([run('alerts'), run('audit-logs')]);
    await clock.sleep(2 * HOURS * 1000);
    await Promise.all([run('alerts'), run('audit-logs')]);

    expect(services().sort()).toEqual(['alerts', 'audit-logs', 'audit-logs']);
    expect(JSON.stringify(sink.accepted)).not.toContain('possible_duplicate');
  });
});

describe('a run that another holds up', () => {
  it('F69 leaves the stream alone and fetches nothing', async () => {
    const { run, source, store } = streamWorld();
    source.records['audit-logs'] = auditRecords(3);
    await store.acquire({
      stream: 'audit-logs',
      owner: 'other',
      now: NOW - 10,
      leaseUntil: NOW + 250,
      start: NOW - 500,
      slice: 3600,
    });

    const report = await run();

    expect(report).toMatchObject({ skipped: 'lease-held', error: null, forwarded: 0, watermark: NOW - 500 });
    expect(source.asked).toEqual([]);
  });

  it('F55 stops when its lease was taken over, and notes nothing more', async () => {
    const released: string[] = [];
    const store: StateStore = {
      ...memoryStore(),
      save: () => Promise.reject(new LeaseLost('audit-logs')),
      release: async ({ owner }) => {
        released.push(owner);
      },
    };
    const { run } = streamWorld({ store });

    const report = await run();

    expect(report.error).toMatchObject({ code: 'lease-lost' });
    expect(released).toEqual([]);
  });
});

describe('a run that loses its right in the middle', () => {
  /** Half a day of records, so that there are several slices one after another. */
  const halfADay = () =>
    Array.from({ length: 11 }, (_, n) =>
      auditRecord({ actor: `user-${n}`, timeEpoch: NOW - SETTLE - 1 - n * HOURS }),
    );

  it('F55 posts nothing more once its lease was taken over, and what it has posted is noted', async () => {
    let posted: number | undefined;
    const table = memoryStore();
    const store: StateStore = {
      ...table,
      async save(lease, progress) {
        if (sink.accepted.length === 0) return table.save(lease, progress);
        posted ??= sink.accepted.length;
        throw new LeaseLost('audit-logs');
      },
    };
    const { run, source, sink } = streamWorld({ store });
    source.records['audit-logs'] = halfADay();

    const report = await run('audit-logs', { parallelSlices: 1 });

    expect(report.error).toMatchObject({ code: 'lease-lost' });
    expect(posted).toBeGreaterThan(0);
    expect(posted).toBeLessThan(11);
    expect(sink.accepted).toHaveLength(posted as number);
    expect(report.forwarded).toBe(posted);
  });

  it.each([
    ['by a minute', 60, 'clock-jumped'],
    ['by an hour, past the end of its lease', HOURS, 'lease-lost'],
  ])(
    'F72 posts nothing more after the clock has jumped forward %s; the next run loses and repeats nothing',
    async (_, seconds, code) => {
      const clock = stubClock();
      let jumpedMs = 0;
      const sink = fakeSink();
      const jumping = {
        ...sink,
        async post(...call: Parameters<typeof sink.post>) {
          const answer = await sink.post(...call);
          jumpedMs = seconds * 1000;
          return answer;
        },
      };
      const { run, source } = streamWorld({
        clock: { ...clock, wall: () => clock.wall() + jumpedMs },
        sink: jumping,
      });
      source.records['audit-logs'] = halfADay();

      const report = await run('audit-logs', { parallelSlices: 1 });
      const posted = sink.accepted.length;
      await clock.sleep(300_000);
      const next = await run('audit-logs', { parallelSlices: 1 });

      expect(report.error).toMatchObject({ code });
      expect(posted).toBeGreaterThan(0);
      expect(posted).toBeLessThan(11);
      expect(next).toMatchObject({ error: null, caughtUp: true, forwarded: 11 - posted });
      expect(new Set(sink.accepted.map(({ actor }) => actor)).size).toBe(11);
    },
  );
});

describe('a run that fails', () => {
  it('reports one error with its code and fix, holds the watermark and gives the lease back', async () => {
    const source = broken(new SourceError('source-shape', 'There is no list at "items".', 'Set itemsPath.'));
    const { run, store } = streamWorld({ source });

    const report = await run();

    expect(report).toMatchObject({
      error: { code: 'source-shape', message: 'There is no list at "items".', fix: 'Set itemsPath.' },
      watermark: NOW - 12 * HOURS,
      caughtUp: false,
    });
    expect(await store.read('audit-logs')).toMatchObject({ leaseUntil: 0, clean: true });
  });

  it('shows nothing of an error that nobody foresaw but its name and place', async () => {
    const { run, telemetry } = streamWorld({ source: broken(new TypeError('planted-record-content')) });

    const report = await run();

    expect(report.error).toEqual({
      code: 'unexpected',
      message: expect.stringMatching(/^Unexpected TypeError \([\w.-]+:\d+:\d+\) in the forwarder [\d.]+\.$/),
      fix: expect.any(String),
    });
    expect(JSON.stringify(report) + telemetry.text()).not.toContain('planted-record-content');
  });

  it('F58 fails before it fetches anything when the table is out of reach', async () => {
    const error = new StateError('state-unreachable', 'The table did not answer.', 'Check it.');
    const { run, source } = streamWorld({ store: failing('acquire', error) });

    const report = await run();

    expect(report.error).toMatchObject({ code: 'state-unreachable' });
    expect(source.asked).toEqual([]);
  });

  it('F35 counts a refused key', async () => {
    const { run, telemetry } = streamWorld({
      source: broken(new CredentialError('refused', '403', 'Store it.')),
    });

    const report = await run();

    expect(report.error).toMatchObject({ code: 'refused', fix: 'Store it.' });
    expect(telemetry.counts.CredentialFailures).toBe(1);
  });

  it('F81 holds the watermark when alert types cannot be had', async () => {
    const source = {
      ...fakeSource({ alerts: [alertRecord({ creationTimestamp: NOW - HOURS })] }),
      alertTypes: () => Promise.reject(new SourceError('source-unreachable', 'No answer.', 'Wait.')),
    };
    const { run } = streamWorld({ source });

    const report = await run('alerts');

    expect(report).toMatchObject({ forwarded: 0, error: { code: 'source-unreachable' } });
    expect(report.watermark).toBeLessThanOrEqual(NOW - HOURS);
  });

  it('F74 forwards and notes nothing past a record that cannot be quarantined', async () => {
    const failure = new QuarantineError('quarantine-denied', 'Access denied.', 'Allow it.');
    const sink = fakeSink(([log]) =>
      log?.['ddsource'] === 'valence-security'
        ? { outcome: 'poison', status: 400, tooLarge: false, reason: '400' }
        : { outcome: 'success' },
    );
    const { run, source } = streamWorld({ sink, quarantine: fakeQuarantine([], failure) });
    source.records['audit-logs'] = auditRecords(1);

    const report = await run();

    expect(report).toMatchObject({ quarantined: 0, error: { code: 'quarantine-denied' } });
    expect(report.watermark).toBeLessThanOrEqual(NOW - SETTLE - 1);
  });

  it('leaves the state unclean when a batch is in doubt, and the next run marks what it repeats', async () => {
    let cut = true;
    const sink = fakeSink(() => (cut ? { outcome: 'cut-off' } : { outcome: 'success' }));
    const { run, source, store } = streamWorld({ sink });
    source.records['audit-logs'] = auditRecords(1);
    await run();
    const { clean } = (await store.read('audit-logs')) ?? {};
    cut = false;

    const report = await run();

    expect(clean).toBe(false);
    expect(report).toMatchObject({ forwarded: 1, error: null });
    expect(sink.accepted).toMatchObject([{ valence_forwarder: { possible_duplicate: true } }]);
  });
});

describe('a stream that stood still for longer than the ledger remembers', () => {
  it('marks what it forwarded before it stopped', async () => {
    const DAYS = 24 * HOURS;
    const sink = fakeSink((logs) => {
      const refused = logs.some(({ actor }) => actor === 'user-0') && clock.wall() < (NOW + 20 * DAYS) * 1000;
      return refused
        ? { outcome: 'poison', status: 400, tooLarge: false, reason: '400' }
        : { outcome: 'success' };
    });
    const { run, source, clock } = streamWorld({
      sink,
      store: forgetting(() => clock.wall() / 1000),
      quarantine: fakeQuarantine([], new QuarantineError('quarantine-denied', 'Access denied.', 'Allow it.')),
    });
    source.records['audit-logs'] = auditRecords(3);
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
    source.records['audit-logs'] = auditRecords(1);
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
  it('F56 marks what the killed one may have posted, and only until that was drained once', async () => {
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

  it('F56 ends at once when there is nothing behind the watermark to look through', async () => {
    const { run, source, store, clock } = streamWorld();
    const young = { initialLookbackSeconds: 0, settleSeconds: HOURS };
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

describe('F29 pages that are too large however short the slice', () => {
  /** A source whose pages can be taken once their size was halved so often. */
  const dense = (needed: number, halvings: (number | undefined)[]): FakeSource => {
    const source = fakeSource({ 'audit-logs': [auditRecord({ timeEpoch: NOW - 600 })] });
    const { pages } = source;
    source.pages = async function* (stream, range, options) {
      halvings.push(options.pageHalvings);
      const holdsIt = range.from <= NOW - 600 && range.to > NOW - 600;
      if (holdsIt && (options.pageHalvings ?? 0) < needed) {
        throw new SourceError('page-too-large', 'Too large.', 'None.');
      }
      yield* pages(stream, range, options);
    };
    return source;
  };

  it('are asked for with fewer records, in the same run, once no slice can be shorter', async () => {
    const halvings: (number | undefined)[] = [];
    const { run, sink } = streamWorld({ source: dense(3, halvings) });

    const report = await run('audit-logs', { pageHalvings: 9, parallelSlices: 1 });

    expect(report).toMatchObject({ error: null, caughtUp: true, forwarded: 1, watermark: NOW - SETTLE });
    expect(sink.accepted).toHaveLength(1);
    expect(Math.max(...halvings.map((times) => times ?? 0))).toBe(3);
  });

  it('are asked for with fewer records at once where no slice shortens the fetch', async () => {
    const halvings: (number | undefined)[] = [];
    const { run } = streamWorld({ source: dense(2, halvings) });

    const report = await run('audit-logs', { pageHalvings: 9, boundedAbove: false, lookbackSeconds: 0 });

    expect(report).toMatchObject({ error: null, caughtUp: true, forwarded: 1 });
    expect(halvings).toEqual([0, 1, 2]);
  });

  it('fail the run when a page of one record is still too large', async () => {
    const halvings: (number | undefined)[] = [];
    const { run } = streamWorld({ source: dense(9, halvings) });

    const report = await run('audit-logs', { pageHalvings: 3 });

    expect(report.error).toMatchObject({ code: 'page-too-large' });
    expect(report.watermark).toBeLessThanOrEqual(NOW - 600);
  });
});

describe('a run that ends early', () => {
  it('is no failure: it says that it has not caught up', async () => {
    const { run, store } = streamWorld({ source: broken(new OutOfTime('reading')) });

    const report = await run();

    expect(report).toMatchObject({ error: null, caughtUp: false, watermark: NOW - 12 * HOURS });
    expect(await store.read('audit-logs')).toMatchObject({ leaseUntil: 0, slice: 1800 });
  });

  it('starts nothing when there is no time', async () => {
    const { run, source } = streamWorld();

    const report = await run('audit-logs', {}, 0);

    expect(report).toMatchObject({ error: null, caughtUp: false });
    expect(source.asked).toEqual([]);
  });
});

describe('a source without an upper time bound', () => {
  it('is read anew by each run, which only delivers what the last one could not', async () => {
    const PAGE = 1000;
    const { run, clock, source, sink } = streamWorld();
    const { post } = sink;
    sink.post = async (...call) => {
      await clock.sleep(40_000);
      return post(...call);
    };
    source.pages = async function* () {
      for (let page = 0; page < 5; page++) {
        await clock.sleep(20_000);
        yield {
          records: Array.from({ length: PAGE }, (_, n) =>
            auditRecord({ actor: `user-${page * PAGE + n}`, timeEpoch: NOW - 6 * HOURS }),
          ),
        };
      }
    };
    const settings = { boundedAbove: false, lookbackSeconds: 0 };

    const first = await run('audit-logs', settings);
    const second = await run('audit-logs', settings);

    expect(first).toMatchObject({ error: null, caughtUp: false, watermark: NOW - 12 * HOURS });
    expect(second).toMatchObject({ error: null, caughtUp: true, duplicates: first.forwarded });
    expect(first.forwarded).toBeGreaterThan(0);
    expect(sink.accepted).toHaveLength(5 * PAGE);
  });
});

describe('silence', () => {
  it('of a stream that has never shown a record is told, with the keys to check', async () => {
    const { run, telemetry } = streamWorld();

    await run();

    expect(telemetry.text()).toContain('check timeUnit and itemsPath');
  });

  it('is not told of a stream that speaks', async () => {
    const { run, source, telemetry } = streamWorld();
    source.records['audit-logs'] = auditRecords(1);

    await run();

    expect(telemetry.text()).not.toContain('No record was seen');
  });
});
