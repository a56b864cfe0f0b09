import { describe, expect, it } from 'vitest';
import type { Source } from '../../../../../../lambda/forwarder/core/ports.ts';
import type { StateStore } from '../../../../../../lambda/forwarder/core/state-ports.ts';
import { SourceError, StateError } from '../../../../../../lambda/shared/errors.ts';
import { auditRecord } from '../../../../../support/core-records.ts';
import { fakeSink, fakeSource, memoryStore } from '../../../../../support/fake-ports.ts';
import { isMarked } from '../../../../../support/logs.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

const HOUR = 3600;

/** Audit records of three minutes, the newest first. */
const RECORDS = [0, 1, 2].map((n) => auditRecord({ details: `record ${n}`, timeEpoch: NOW - 200 - n * 60 }));

describe('F90 a source that fails in the middle of a list', () => {
  it('has what it showed before delivered and noted before the slice fails', async () => {
    const failing: Source = {
      async *pages() {
        yield { records: RECORDS };
        throw new SourceError('source-status', 'Valence answered 500.', 'Wait.');
      },
      alertTypes: async () => new Map(),
    };
    const sink = fakeSink();
    const { run } = streamWorld({ source: failing, sink });

    const first = await run('audit-logs', { initialLookbackSeconds: HOUR });
    const second = await run('audit-logs', { initialLookbackSeconds: HOUR });

    expect(first).toMatchObject({ error: { code: 'source-status' }, watermark: NOW - HOUR });
    expect(second).toMatchObject({ error: { code: 'source-status' } });
    expect(sink.accepted.length).toBeGreaterThan(0);
    expect(new Set(sink.accepted.map(({ message }) => message)).size).toBe(sink.accepted.length);
  });
});

describe('F90 a source that fails in the middle of a list, where what it showed before is posted and not noted', () => {
  it.each([
    ['source-status', 500],
    ['page-too-large', undefined],
  ])(
    'after %s the run does not read the range again, and the next one marks the repeats',
    async (code, status) => {
      let fails = true;
      const source = fakeSource({ 'audit-logs': [auditRecord({ timeEpoch: NOW - 2400 })] });
      const failing: Source = {
        ...source,
        async *pages(stream, range, options) {
          yield* source.pages(stream, range, options);
          if (fails && range.to - range.from > 900) throw new SourceError(code, 'Refused.', 'Wait.', status);
        },
      };
      const sink = fakeSink();
      const memory = memoryStore();
      const store: StateStore = {
        ...memory,
        appendLedger: (...chunk) =>
          fails
            ? Promise.reject(new StateError('state-throttled', 'Throttled.', 'Wait.'))
            : memory.appendLedger(...chunk),
      };
      const { run } = streamWorld({ source: failing, sink, store });
      const settings = { initialLookbackSeconds: HOUR, parallelSlices: 1 };

      const first = await run('audit-logs', settings);
      const afterFirst = sink.accepted.length;
      fails = false;
      await run('audit-logs', settings);

      expect(first.error?.code).toBe('state-throttled');
      expect(afterFirst).toBe(1);
      expect(sink.accepted.map(isMarked)).toEqual([false, true]);
    },
  );
});
