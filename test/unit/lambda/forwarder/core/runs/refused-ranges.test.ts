import { describe, expect, it } from 'vitest';
import type { Page, Range, Source } from '../../../../../../lambda/forwarder/core/ports.ts';
import { recordTime } from '../../../../../../lambda/forwarder/core/records/time.ts';
import { CredentialError, SourceError } from '../../../../../../lambda/shared/errors.ts';
import type { JsonObject } from '../../../../../../lambda/shared/json.ts';
import { auditRecord } from '../../../../../support/core-records.ts';
import { fakeSink } from '../../../../../support/fake-ports.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

const HOUR = 3600;
const MINUTE_MS = 60_000;
const TARGET = NOW - 120;

/** Audit records that all differ, one every 10 minutes of the 12 hours before the newest settled second. */
const RECORDS: readonly JsonObject[] = Array.from({ length: 72 }, (_, n) =>
  auditRecord({ details: `record ${n}`, timeEpoch: TARGET - 1 - n * 600 }),
);

const refused = (status = 400) =>
  new SourceError('source-status', `Valence answered ${status}.`, 'Ask Valence.', status);

/** A source over {@link RECORDS} that refuses ranges, and counts what it is asked for. */
function refusingSource(
  refusal: { of: (range: Range) => Error | undefined; serverTime?: () => number },
  records = RECORDS,
) {
  const asked: Range[] = [];
  const source: Source = {
    async *pages(stream, range, { onEnd }): AsyncGenerator<Page> {
      asked.push(range);
      const error = refusal.of(range);
      if (error) throw error;
      yield {
        records: records.filter((record) => {
          const time = recordTime(stream, record) ?? 0;
          return time >= range.from && time < range.to;
        }),
        serverTime: refusal.serverTime?.(),
      };
      onEnd?.('stated');
    },
    alertTypes: async () => new Map(),
  };
  return { source, asked };
}

function worldOf(of: (range: Range) => Error | undefined, records = RECORDS) {
  const refusal: Parameters<typeof refusingSource>[0] = { of };
  const { source, asked } = refusingSource(refusal, records);
  const sink = fakeSink();
  const world = streamWorld({ source, sink });
  return {
    ...world,
    sink,
    refusal,
    asked,
    sent: () => sink.accepted.map((log) => log['details']).sort(),
    state: () => world.store.read('audit-logs'),
    later: (minutes: number) => world.clock.sleep(minutes * MINUTE_MS),
  };
}

const details = (records: readonly JsonObject[]) => records.map((record) => record['details']).sort();
const covers = ({ from, to }: Range, second: number) => from <= second && second < to;

describe('F88 ranges that the source refuses', () => {
  it.each([400, 413, 422, 500, 504])(
    'a range of more than an hour is answered with %i: everything arrives in one run',
    async (status) => {
      const world = worldOf(({ from, to }) => (to - from > HOUR ? refused(status) : undefined));

      const report = await world.run('audit-logs', { parallelSlices: 1 });

      expect(report).toMatchObject({ error: null, caughtUp: true, watermark: TARGET, holes: [] });
      expect(world.sent()).toEqual(details(RECORDS));
    },
  );

  it('the longest range is learned: a run asks for a longer one once', async () => {
    const world = worldOf(({ from, to }) => (to - from > HOUR ? refused() : undefined));

    await world.run('audit-logs', { parallelSlices: 1 });

    expect(world.asked.filter(({ from, to }) => to - from > HOUR).length).toBeLessThanOrEqual(2);
  });

  it('a source that answers nothing stops the stream after few requests, and the watermark stays', async () => {
    const world = worldOf(() => refused(500));

    const report = await world.run();

    expect(report).toMatchObject({ error: { code: 'source-status' }, watermark: NOW - 12 * HOUR });
    // Four slices, the newest second and the newest minute.
    expect(world.asked).toHaveLength(6);
  });

  it('the final watermark goes by the clock of the source where a slice of the sweep is divided, too', async () => {
    const world = worldOf(({ from, to }) => (to - from > HOUR ? refused() : undefined));
    const behind = 200;
    const now = () => world.clock.wall() / 1000;
    world.refusal.serverTime = () => now() - behind;
    for (let run = 0; run < 12; run++) {
      const { finalWatermark } = await world.run('audit-logs', { lookbackSeconds: 3 * HOUR });

      expect(finalWatermark).toBeLessThanOrEqual(now() - behind - 3 * HOUR);
      await world.later(60);
    }

    expect((await world.state())?.finalWatermark).toBeGreaterThan(NOW);
  });

  it('403 for one range is divided, 401 is the key', async () => {
    const error = (status: number) =>
      new CredentialError('source-refused-key', 'Refused.', 'Store it.', status);
    const second = TARGET - 4 * HOUR - 1800;
    const forbidden = worldOf((range) => (covers(range, second) ? error(403) : undefined));
    const unauthorised = worldOf((range) => (covers(range, second) ? error(401) : undefined));

    const one = await forbidden.run();
    const other = await unauthorised.run();

    expect(one).toMatchObject({ error: null, watermark: TARGET });
    expect(other.error?.code).toBe('source-refused-key');
  });

  it('the extra requests of a run are bounded, and each run gets further', async () => {
    const world = worldOf((range) =>
      range.from % 7 === 0 && range.to - range.from < 60 ? undefined : undefined,
    );
    const broken = Array.from({ length: 40 }, (_, n) => TARGET - 6 * HOUR + n * 120);
    world.refusal.of = (range) => (broken.some((second) => covers(range, second)) ? refused(500) : undefined);
    const settings = { parallelSlices: 1 };

    const first = await world.run('audit-logs', settings);
    const requests = world.asked.length;
    await world.later(5);
    const second = await world.run('audit-logs', settings);

    // Two for each halving of 12 hours (16) and 16 more, and the slices of the catch-up.
    expect(requests).toBeLessThanOrEqual(2 * 16 + 16 + 10);
    expect(first.error).toBeNull();
    expect(second.watermark).toBeGreaterThan(first.watermark);
  });
});

describe('F89 holes', () => {
  const second = TARGET - 4 * HOUR - 1800;
  const inHole = auditRecord({ details: 'in the hole', timeEpoch: second });
  const records = [...RECORDS, inHole];
  const broken = (range: Range) => (covers(range, second) ? refused(500) : undefined);

  it('one second that is never answered stops nothing: all other records arrive in the first run', async () => {
    const world = worldOf(broken, records);

    const report = await world.run();

    expect(report).toMatchObject({ error: null, watermark: TARGET, holes: [] });
    expect(world.sent()).toEqual(details(RECORDS));
    expect((await world.state())?.holes).toEqual([
      { from: second, to: second + 1, status: 500, since: NOW, refusedAt: NOW, doubt: false },
    ]);
  });

  it('the only record of a stream lies in a second that is never answered: the stream goes on', async () => {
    const { source } = refusingSource({ of: broken }, [inHole]);
    const { run } = streamWorld({ source: { ...source, firstPage: async () => ({ records: [inHole] }) } });

    const report = await run();

    expect(report).toMatchObject({ error: null, watermark: TARGET });
  });

  it('it is reported when it was refused for 15 minutes, and asked for once an hour from then on', async () => {
    const world = worldOf(broken, records);
    await world.run();
    await world.later(10);
    const early = await world.run();
    await world.later(5);
    const report = await world.run();
    await world.later(5);
    const before = world.asked.filter((range) => covers(range, second)).length;
    await world.run();

    expect(early.holes).toEqual([]);
    expect(report.holes).toEqual([{ from: second, to: second + 1, status: 500, since: NOW, doubt: false }]);
    expect(world.asked.filter((range) => covers(range, second))).toHaveLength(before);
  });

  it('it is filled when the source answers, each record once', async () => {
    const world = worldOf(broken, records);
    await world.run();
    await world.later(20);
    await world.run();
    world.refusal.of = () => undefined;
    await world.later(60);

    const report = await world.run();

    expect(report).toMatchObject({ error: null, holes: [] });
    expect((await world.state())?.holes).toEqual([]);
    expect(world.sent()).toEqual(details(records));
  });

  it('both watermarks pass it', async () => {
    const world = worldOf(broken, records);
    for (let hour = 0; hour < 60; hour++) {
      await world.run();
      await world.later(60);
    }

    expect((await world.state())?.finalWatermark).toBeGreaterThan(second);
    expect((await world.state())?.holes).toHaveLength(1);
  });

  it('after an unclean end its records are marked when it is filled', async () => {
    const world = worldOf(broken, records);
    await world.run();
    await world.later(20);
    await world.store.acquire({
      stream: 'audit-logs',
      owner: 'killed',
      now: NOW + 20 * 60,
      leaseUntil: NOW + 20 * 60 + 60,
      start: 0,
      slice: 60,
    });
    world.refusal.of = () => undefined;
    await world.later(60);

    await world.run();

    const log = world.sink.accepted.find((each) => each['details'] === 'in the hole');
    expect(log).toMatchObject({ valence_forwarder: { possible_duplicate: true } });
  });

  it('a source that does not reach back to the start of a new stream: the stream starts later, without a hole', async () => {
    const oldest = TARGET - 5 * HOUR;
    const world = worldOf(({ from }) => (from < oldest ? refused(400) : undefined));

    const first = await world.run();
    await world.later(15);
    const report = await world.run();

    expect(first).toMatchObject({ error: null, watermark: TARGET, holes: [] });
    expect(report).toMatchObject({ error: null, watermark: TARGET + 15 * 60, holes: [] });
    expect(report.finalWatermark).toBeGreaterThanOrEqual(oldest);
    expect(await world.state()).toMatchObject({ startPoint: oldest, holes: [] });
    expect(world.telemetry.warnings.map(({ event }) => event)).toContain('start-moved');
    expect(world.sent()).toEqual(details(RECORDS.filter((each) => Number(each['timeEpoch']) >= oldest)));
  });

  it.each([
    ['refuses its start for a short time', 400, 10],
    ['fails on its start for a long time', 500, 60],
  ])('a source that %s: the stream keeps its start, and everything arrives', async (_, status, minutes) => {
    const oldest = TARGET - 5 * HOUR;
    const world = worldOf(({ from }) => (from < oldest ? refused(status) : undefined));
    await world.run();
    await world.later(minutes);
    await world.run();
    world.refusal.of = () => undefined;
    await world.later(60);

    await world.run();

    expect(await world.state()).toMatchObject({ startPoint: NOW - 12 * HOUR, holes: [] });
    expect(world.sent()).toEqual(details(RECORDS));
  });

  it('a retry fills a hole exactly up to the second that is refused', async () => {
    const world = worldOf(() => undefined);
    await world.run();
    await world.later(20 * 60);
    const now = NOW + 20 * HOUR;
    world.refusal.of = ({ from }) => (from < now - 6 * HOUR ? refused(410) : undefined);
    await world.run();
    await world.later(20);
    world.refusal.of = ({ from }) => (from < now - 6 * HOUR - 1000 ? refused(410) : undefined);

    await world.run();

    expect((await world.state())?.holes.at(-1)).toMatchObject({ to: now - 6 * HOUR - 1000 });
  });

  it('a source that does not reach back as far as an outage lasted: what it refuses is one hole', async () => {
    const world = worldOf(() => undefined);
    await world.run();
    const outage = 20 * 60;
    await world.later(outage);
    const oldest = NOW + outage * 60 - 6 * HOUR;
    world.refusal.of = ({ from }) => (from < oldest ? refused(410) : undefined);

    const report = await world.run();

    expect(report.error).toBeNull();
    expect(report.watermark).toBe(NOW + outage * 60 - 120);
    const holes = (await world.state())?.holes ?? [];
    expect(holes.at(-1)).toMatchObject({ to: oldest, status: 410 });
  });
});
