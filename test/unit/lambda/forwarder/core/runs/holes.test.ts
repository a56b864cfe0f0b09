import { describe, expect, it } from 'vitest';
import type { Range } from '../../../../../../lambda/forwarder/core/ports.ts';
import { SourceError } from '../../../../../../lambda/shared/errors.ts';
import { auditRecord } from '../../../../../support/core-records.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import {
  covers,
  details,
  RECORDS,
  refused,
  refusingSource,
  TARGET,
  worldOf,
} from '../../../../../support/refusing-source.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

const HOUR = 3600;

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

  it('the only record of a stream lies in a second that is never answered: the stream continues', async () => {
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

  it('whose records fill more than one page is filled in shorter parts', async () => {
    const world = worldOf(() => undefined);
    await world.run();
    await world.later(20 * 60);
    const oldest = NOW + 14 * HOUR;
    const missed = Array.from({ length: 20 }, (_, n) =>
      auditRecord({ details: `missed ${n}`, timeEpoch: oldest - 4 * HOUR + n * 600 }),
    );
    world.shown.push(...missed);
    world.refusal.of = ({ from }) => (from < oldest ? refused(410) : undefined);
    await world.run();
    world.refusal.of = ({ from, to }) =>
      to - from > HOUR ? new SourceError('page-too-large', 'Too large.', 'None.') : undefined;
    await world.later(60);

    const report = await world.run();

    expect(report.error).toBeNull();
    expect(world.sent()).toEqual(details([...RECORDS, ...missed]));
  });
});
