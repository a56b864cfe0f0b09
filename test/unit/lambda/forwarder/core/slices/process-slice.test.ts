import { describe, expect, it } from 'vitest';
import type { Page, Ports, Source } from '../../../../../../lambda/forwarder/core/ports.ts';
import { MAX_BATCH_LOGS } from '../../../../../../lambda/limits.ts';
import { auditRecord } from '../../../../../support/core-records.ts';
import { fakeSink, type Journal } from '../../../../../support/fake-ports.ts';
import { NOW, stubClock } from '../../../../../support/outside-world.ts';
import { SETTLE_SECONDS } from '../../../../../support/stream-settings.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

/** One run of the audit stream over fakes, which drains one slice. */
const served = (ports: Pick<Ports, 'source' | 'sink' | 'clock'>, timeMs: number) =>
  streamWorld(ports, { initialLookbackSeconds: 3600 + SETTLE_SECONDS, lookbackSeconds: 0 }).run(
    'audit-logs',
    { holdBackSeconds: SETTLE_SECONDS },
    timeMs,
  );

/** One stream over a source that notes when it is asked for a page and when a page is there. */
async function journalOf(pages: readonly Page[]): Promise<Journal> {
  const journal: Journal = [];
  const source: Source = {
    async *pages(_stream, _range, { onEnd }) {
      for (const [index, page] of pages.entries()) {
        journal.push(`asked for page ${index + 1}`);
        await Promise.resolve();
        yield page;
      }
      journal.push('asked for more');
      onEnd?.('stated');
    },
    alertTypes: async () => new Map(),
  };
  await served({ source, sink: fakeSink(undefined, journal), clock: stubClock() }, 235_000);
  return journal;
}

const fullPage = (number: number): Page => ({
  records: Array.from({ length: MAX_BATCH_LOGS }, (_, n) =>
    auditRecord({ actor: `user-${number}-${n}`, timeEpoch: NOW - SETTLE_SECONDS - 1 - n }),
  ),
});

describe('processing a slice', () => {
  it('asks for the next page before it posts what it has, and is never more than one page ahead', async () => {
    const journal = await journalOf([fullPage(1), fullPage(2), fullPage(3)]);

    expect(journal).toEqual([
      'asked for page 1',
      'asked for page 2',
      'asked for page 3',
      'post 1000',
      'asked for more',
      'post 1000',
      'post 1000',
    ]);
  });

  it('F24 compares the clocks when a page arrives, however long it waits for Datadog to take the one before', async () => {
    const clock = stubClock();
    const serverTime = () => Math.floor(clock.wall() / 1000);
    const sink = fakeSink();
    const { post } = sink;
    sink.post = async (...call) => {
      await clock.sleep(400_000);
      return post(...call);
    };
    const source: Source = {
      async *pages(_stream, _range, { onEnd }) {
        for (const number of [1, 2, 3]) yield { ...fullPage(number), serverTime: serverTime() };
        onEnd?.('stated');
      },
      alertTypes: async () => new Map(),
    };

    const report = await served({ source, sink, clock }, 3_000_000);

    expect(report).toMatchObject({ error: null, forwarded: 3 * MAX_BATCH_LOGS });
  });

  it('continues after an empty page in the middle, and posts nothing for it', async () => {
    const journal = await journalOf([fullPage(1), { records: [] }, fullPage(2)]);

    expect(journal.filter((entry) => entry.startsWith('post'))).toEqual(['post 1000', 'post 1000']);
  });
});
