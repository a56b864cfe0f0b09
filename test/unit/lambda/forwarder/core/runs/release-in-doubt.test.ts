import { describe, expect, it } from 'vitest';
import type { Source } from '../../../../../../lambda/forwarder/core/ports.ts';
import { LiveRun } from '../../../../../../lambda/forwarder/core/runs/live-run.ts';
import type { StateStore } from '../../../../../../lambda/forwarder/core/state-ports.ts';
import { deadlineIn } from '../../../../../../lambda/shared/clock.ts';
import { SourceError, StateError } from '../../../../../../lambda/shared/errors.ts';
import { auditRecord } from '../../../../../support/core-records.ts';
import { fakeQuarantine, fakeSink, fakeSource, memoryStore } from '../../../../../support/fake-ports.ts';
import { isMarked } from '../../../../../support/logs.ts';
import { NOW, recordingTelemetry, stubClock } from '../../../../../support/outside-world.ts';
import { HOUR_SECONDS, SETTLE_SECONDS, STREAM_SETTINGS } from '../../../../../support/stream-settings.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

/** The first second of a run that catches up two hours. */
const START = NOW - SETTLE_SECONDS - 2 * HOUR_SECONDS;

/** What a run leaves behind when it gives its lease back. */
async function released(unconfirmed: boolean) {
  const clock = stubClock();
  const store = memoryStore();
  const request = { stream: 'audit-logs', owner: 'run-1', now: NOW, leaseUntil: NOW + 260 } as const;
  const answer = await store.acquire({ ...request, start: START, slice: HOUR_SECONDS });
  if (answer.held) throw new Error('The lease is held.');
  const ports = {
    source: fakeSource(),
    sink: fakeSink(),
    store,
    quarantine: fakeQuarantine(),
    telemetry: recordingTelemetry(),
    clock,
    random: () => 0.5,
  };
  const run = new LiveRun(
    {
      ports,
      stream: 'audit-logs',
      settings: { ...STREAM_SETTINGS, parallelSlices: 2 },
      deadline: deadlineIn(clock, 235_000),
      lease: answer.lease,
      startedAt: NOW,
    },
    answer.state,
  );
  run.progress.freshEnd = START + 5000;
  run.progress.sweepEnd = START + 3000;
  run.progress.slice = 900;
  run.progress.sweepSlice = 600;
  run.context.deliveryState.hasUnconfirmedWrites = unconfirmed;
  await run.release();
  return store.read('audit-logs');
}

describe('a run that releases its lease', () => {
  it('leaves its whole recorded intent unconfirmed when part of it is unconfirmed, however short its slices are by now', async () => {
    expect(await released(true)).toMatchObject({
      clean: false,
      freshEnd: START + 5000,
      sweepEnd: START + 3000,
    });
  });

  it('notes what the next run will begin with when everything is confirmed', async () => {
    expect(await released(false)).toMatchObject({
      clean: true,
      freshEnd: START + 2 * 900,
      sweepEnd: START + 600,
    });
  });

  it('has the next one mark what it posts again, also when its slices became shorter after the post', async () => {
    const table = memoryStore();
    let notes = 0;
    const store: StateStore = {
      ...table,
      async appendLedger(...note) {
        if (++notes === 1) throw new StateError('state-throttled', 'Throttled.', 'None.');
        await table.appendLedger(...note);
      },
    };
    const record = auditRecord({ actor: 'posted', timeEpoch: START + HOUR_SECONDS + 1900 });
    const shown = fakeSource({ 'audit-logs': [record] });
    const source: Source = {
      ...shown,
      async *pages(stream, range, options) {
        // The first hour holds too much for one page, so all slices become shorter.
        if (range.from === START && range.to - range.from > 1800) {
          throw new SourceError('page-too-large', 'Too large.', 'None.');
        }
        yield* shown.pages(stream, range, options);
      },
    };
    const sink = fakeSink();
    const { run } = streamWorld(
      { source, store, sink },
      { parallelSlices: 2, initialLookbackSeconds: 2 * HOUR_SECONDS + SETTLE_SECONDS, lookbackSeconds: 0 },
    );

    const first = await run();
    await run();

    expect(first.error).toMatchObject({ code: 'state-throttled' });
    expect(sink.accepted.map(isMarked)).toEqual([false, true]);
  });
});
