import type { Stream } from '../../lambda/contract.ts';
import type { Ports } from '../../lambda/forwarder/core/ports.ts';
import { runStream } from '../../lambda/forwarder/core/runs/stream.ts';
import type { StreamSettings } from '../../lambda/forwarder/core/slices/stream-context.ts';
import { deadlineIn } from '../../lambda/shared/clock.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { auditRecord } from './core-records.ts';
import { fakeQuarantine, fakeSink, fakeSource, memoryStore } from './fake-ports.ts';
import { NOW, recordingTelemetry, stubClock } from './outside-world.ts';
import { SETTLE_SECONDS, STREAM_SETTINGS } from './stream-settings.ts';

/** The core over fakes, any of which can be replaced, and run after run of one stream over them. */
export function streamWorld(change: Partial<Ports> = {}, usual: Partial<StreamSettings> = {}) {
  const sink = fakeSink();
  const source = fakeSource();
  const telemetry = recordingTelemetry();
  const clock = stubClock();
  const ports: Ports = {
    source,
    sink,
    store: memoryStore(),
    quarantine: fakeQuarantine(),
    telemetry,
    clock,
    random: () => 0.5,
    ...change,
  };
  let runs = 0;
  return {
    /** The fakes; of no use where they were replaced. */
    source,
    sink,
    telemetry,
    clock,
    store: ports.store,
    /** @param timeMs until no work starts any more */
    run: (stream: Stream = 'audit-logs', settings: Partial<StreamSettings> = {}, timeMs = 235_000) =>
      runStream(
        stream,
        ports,
        { ...STREAM_SETTINGS, ...usual, ...settings },
        {
          owner: `run-${++runs}`,
          deadline: deadlineIn(ports.clock, timeMs),
          remainingMs: timeMs + 5000,
        },
      ),
  };
}

/** Audit records that all differ, a minute apart, the newest just old enough for a run. */
export const recentAuditRecords = (count: number): JsonObject[] =>
  Array.from({ length: count }, (_, n) =>
    auditRecord({ actor: `user-${n}`, timeEpoch: NOW - SETTLE_SECONDS - 1 - n * 60 }),
  );
