import { EventEmitter, once } from 'node:events';
import { expect, it } from 'vitest';
import type { PostAnswer, Sink, Source } from '../../../../../../lambda/forwarder/core/ports.ts';
import type { StateStore } from '../../../../../../lambda/forwarder/core/state-ports.ts';
import { StateError } from '../../../../../../lambda/shared/errors.ts';
import { auditRecord } from '../../../../../support/core-records.ts';
import { fakeSink, memoryStore } from '../../../../../support/fake-ports.ts';
import { isMarked } from '../../../../../support/logs.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

/** Records without a slice that one slice of a run may have posted before it failed, and another one of the same run sends. */

const undated = auditRecord({ actor: 'undated', timeEpoch: null });

/** Two slices that are processed concurrently: the first shows the record at once, the second when the first has failed. */
function twoSlices(failed: Promise<unknown>): Source {
  let slices = 0;
  return {
    async *pages() {
      const slice = ++slices;
      if (slice === 2) await failed;
      if (slice <= 2) yield { records: [undated] };
    },
    alertTypes: async () => new Map(),
  };
}

it('is marked when the slice that failed had posted it and could not note it', async () => {
  const events = new EventEmitter();
  const table = memoryStore();
  let notes = 0;
  const store: StateStore = {
    ...table,
    async appendLedger(...note) {
      if (++notes > 1) return table.appendLedger(...note);
      setImmediate(() => events.emit('failed'));
      throw new StateError('state-throttled', 'Throttled.', 'None.');
    },
  };
  const { run, sink } = streamWorld({ store, source: twoSlices(once(events, 'failed')) });

  await run('audit-logs', { parallelSlices: 2, lookbackSeconds: 0 });

  expect(sink.accepted.map(isMarked)).toEqual([false, true]);
});

it.each<[string, PostAnswer, boolean]>([
  [
    'marked when the answer to the post of the slice that failed did not come in time',
    { outcome: 'deadline-exceeded' },
    true,
  ],
  [
    'not marked when Datadog took nothing from the slice that failed',
    { outcome: 'fatal', ambiguous: false, reason: '404', fix: 'None.' },
    false,
  ],
])('is %s', async (_, answer, marked) => {
  const events = new EventEmitter();
  const taking = fakeSink();
  let posts = 0;
  const sink: Sink = {
    async post(body, options) {
      if (++posts > 1) return taking.post(body, options);
      setImmediate(() => events.emit('failed'));
      return answer;
    },
  };
  const { run } = streamWorld({ sink, source: twoSlices(once(events, 'failed')) });

  await run('audit-logs', { parallelSlices: 2, lookbackSeconds: 0 });

  expect(taking.accepted.map(isMarked)).toEqual([marked]);
});
