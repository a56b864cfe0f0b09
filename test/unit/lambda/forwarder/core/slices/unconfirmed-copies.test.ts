import { expect, it } from 'vitest';
import type { Source } from '../../../../../../lambda/forwarder/core/ports.ts';
import { auditRecord } from '../../../../../support/core-records.ts';
import { fakeSink } from '../../../../../support/fake-ports.ts';
import { isMarked } from '../../../../../support/logs.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

const RECORDS = 12;

/** Records of which nine fill the room for unconfirmed copies, the first and the second page with each. */
const records = Array.from({ length: RECORDS }, (_, n) =>
  auditRecord({ actor: `user-${n}`, details: 'x'.repeat(999_000), timeEpoch: NOW - 1000 }),
);

/** Shows the records on two pages in the first scan, and on one page in the next. */
function shiftingSource(): Source {
  let scans = 0;
  return {
    async *pages(_stream, { from, to }, { onEnd }) {
      if (from <= NOW - 1000 && to > NOW - 1000) {
        yield { records };
        if (++scans === 1) yield { records: records.toReversed() };
      }
      onEnd?.('stated');
    },
    alertTypes: async () => new Map(),
  };
}

it('F91 copies for which there is no room until a second scan are forwarded at once, marked; the others wait for it', async () => {
  const sink = fakeSink();
  const { run } = streamWorld(
    { sink, source: shiftingSource() },
    { lookbackSeconds: 0, holdBackSeconds: 120 },
  );

  const first = await run();

  const marked = sink.accepted.filter(isMarked);
  expect(first).toMatchObject({ error: null, forwarded: RECORDS + marked.length });
  expect(marked.length).toBeGreaterThan(0);
  expect(marked.length).toBeLessThan(RECORDS / 2);
});
