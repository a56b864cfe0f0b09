import { describe, expect, it } from 'vitest';
import type { Page, Range, ScanOptions } from '../../../../../../lambda/forwarder/core/ports.ts';
import { auditRecord } from '../../../../../support/core-records.ts';
import { fakeSource } from '../../../../../support/fake-ports.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

const HOUR = 3600;
const record = auditRecord({ actor: 'ada', timeEpoch: NOW - 600 });

/** A world whose source lists the record in a range that `shows` it, and always in a list without a range. */
function world(shows: (range: Range) => boolean) {
  const source = {
    ...fakeSource(),
    async *pages(_: unknown, range: Range, { onEnd }: ScanOptions): AsyncGenerator<Page> {
      yield { records: shows(range) ? [record] : [] };
      onEnd?.('stated');
    },
    firstPage: async () => ({ records: [record] }),
  };
  return streamWorld({ source });
}

describe('F101 a stream whose lists are all empty although the source has records', () => {
  it('fails, naming what may be wrong, and leaves the watermark', async () => {
    const { run, store } = world(() => false);
    const before = await store.read('audit-logs');

    const report = await run();

    expect(report.error).toMatchObject({
      code: 'source-range',
      fix: expect.stringMatching(/timeUnit.*fromParam.*toParam.*timeFilter/),
    });
    expect(report.watermark).toBeLessThan(NOW - HOUR);
    expect(before).toBeUndefined();
  });

  it('continues when a later range than its own shows a record: the source filters by another time', async () => {
    const filedAt = NOW - 60;
    const heldBack = { holdBackSeconds: 120 };
    const { run, clock, sink } = world(({ from, to }) => filedAt >= from && filedAt < to);

    const first = await run('audit-logs', heldBack);
    await clock.sleep(600_000);
    const second = await run('audit-logs', heldBack);

    expect(first).toMatchObject({ error: null, forwarded: 0 });
    expect(second).toMatchObject({ error: null, forwarded: 1 });
    expect(sink.accepted).toMatchObject([{ actor: 'ada' }]);
  });
});
