import type { Stream } from '../../lambda/contract.ts';
import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { type BackfillRequest, backfill } from '../../lambda/forwarder/core/runs/backfill.ts';
import { runStream } from '../../lambda/forwarder/core/runs/stream.ts';
import type { StreamSettings } from '../../lambda/forwarder/core/slices/stream-context.ts';
import { deadlineIn } from '../../lambda/shared/clock.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { memoryHourLeases } from '../simulation/memory-hour-leases.ts';
import { MemoryStore } from '../simulation/memory-store.ts';
import { auditRecord } from './core-records.ts';
import { fakeQuarantine, fakeSink, fakeSource, memoryStore } from './fake-ports.ts';
import { NOW, recordingTelemetry, stubClock } from './outside-world.ts';
import { HOUR_SECONDS, STREAM_SETTINGS } from './stream-settings.ts';

export const HOUR = HOUR_SECONDS;
export const DAY = 24 * HOUR;

/** A whole hour, two days ago. */
export const START = Math.floor((NOW - 2 * DAY) / HOUR) * HOUR;

/** Of both, with everything up to now within reach. */
export const SETTINGS: StreamSettings = { ...STREAM_SETTINGS, settleSeconds: 0 };

/** A stream that the live run has served once, and backfills of it. */
export async function backfillWorld() {
  const sink = fakeSink();
  const source = fakeSource();
  const ranges: Range[] = [];
  const { pages } = source;
  source.pages = (stream, range, options) => {
    ranges.push(range);
    return pages(stream, range, options);
  };
  const clock = stubClock();
  const table = new MemoryStore();
  const hours = memoryHourLeases(table);
  const ports = {
    source,
    sink,
    store: memoryStore([], table),
    quarantine: fakeQuarantine(),
    telemetry: recordingTelemetry(),
    clock,
    random: () => 0.5,
    hours,
  };
  let invocations = 0;
  const invocation = (timeMs = 235_000) => ({
    owner: `invocation-${++invocations}`,
    deadline: deadlineIn(clock, timeMs),
    remainingMs: timeMs + 5000,
  });
  const settingsOf = (settings: Partial<StreamSettings>) => ({ ...SETTINGS, ...settings });
  const live = (settings: Partial<StreamSettings> = {}, stream: Stream = 'audit-logs') =>
    runStream(stream, ports, settingsOf(settings), invocation());
  await live();
  ranges.length = 0;
  return {
    ...ports,
    source,
    sink,
    clock,
    ranges,
    live,
    fill: (
      request: Partial<BackfillRequest> = {},
      settings: Partial<StreamSettings> = {},
      timeMs?: number,
      other: Partial<typeof ports> = {},
    ) =>
      backfill(
        { stream: 'audit-logs', from: START, to: START + 3 * HOUR, ...request },
        { ...ports, ...other },
        settingsOf(settings),
        invocation(timeMs),
      ),
  };
}

/** Audit records of the past that all differ, ten minutes apart from {@link START} on. */
export const pastRecords = (count: number): JsonObject[] =>
  Array.from({ length: count }, (_, n) => auditRecord({ actor: `user-${n}`, timeEpoch: START + n * 600 }));
