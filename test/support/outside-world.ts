import type { LogEvent } from '../../lambda/contract.ts';
import type { Counter, Telemetry } from '../../lambda/forwarder/core/ports.ts';
import type { ApiKey } from '../../lambda/shared/api-key.ts';
import { type Clock, type Deadline, deadlineIn } from '../../lambda/shared/clock.ts';

/** 2025-12-29 09:20:00 UTC. */
export const NOW = 1_767_000_000;

/** A clock that shows {@link NOW} and moves only by sleeping, which takes no real time. */
export interface StubClock extends Clock {
  /** The length of each sleep so far, in milliseconds. */
  slept: number[];
}

export function stubClock(): StubClock {
  const slept: number[] = [];
  const elapsed = () => slept.reduce((sum, ms) => sum + ms, 0);
  return {
    slept,
    wall: () => NOW * 1000 + elapsed(),
    monotonic: elapsed,
    sleep: async (ms) => {
      slept.push(ms);
    },
  };
}

/** Four minutes, as a run has by default. */
export const ampleTime = (clock: Clock): Deadline => deadlineIn(clock, 240_000);

/** A key that is what it is, or changes to the next one each time it is renewed. */
export function stubKey(...keys: string[]): ApiKey & { renewals: string[] } {
  const renewals: string[] = [];
  let current = 0;
  return {
    renewals,
    fix: 'Store the right key.',
    value: async () => keys[current] ?? '',
    async renew(refused) {
      renewals.push(refused);
      if (keys[current] !== refused) return keys[current];
      return current + 1 < keys.length ? keys[++current] : undefined;
    },
  };
}

export interface RecordedLine {
  event: LogEvent;
  message: string;
  fields: Record<string, unknown> | undefined;
}

export interface RecordingTelemetry extends Telemetry {
  counts: Partial<Record<Counter, number>>;
  warnings: RecordedLine[];
  infos: RecordedLine[];
  /** Everything that was recorded, as one text. */
  text(): string;
}

export function recordingTelemetry(): RecordingTelemetry {
  const counts: Partial<Record<Counter, number>> = {};
  const warnings: RecordingTelemetry['warnings'] = [];
  const infos: RecordingTelemetry['infos'] = [];
  return {
    counts,
    warnings,
    infos,
    count: (name, by = 1) => {
      counts[name] = (counts[name] ?? 0) + by;
    },
    info: (event, message, fields) => infos.push({ event, message, fields }),
    warn: (event, message, fields) => warnings.push({ event, message, fields }),
    text: () => JSON.stringify({ counts, warnings, infos }),
  };
}
