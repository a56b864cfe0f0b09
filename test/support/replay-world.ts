import type { Stream } from '../../lambda/contract.ts';
import type {
  QuarantineArchive,
  QuarantinedObject,
  QuarantinedRecord,
} from '../../lambda/forwarder/core/ports.ts';
import { replay } from '../../lambda/forwarder/core/runs/replay.ts';
import { readElement } from '../../lambda/forwarder/valence/page-text.ts';
import { deadlineIn } from '../../lambda/shared/clock.ts';
import { auditRecord, LOG_CONTEXT } from './core-records.ts';
import { REFUSED } from './delivery.ts';
import { type FakeSink, fakeSink, SUCCESS } from './fake-ports.ts';
import { recordingTelemetry, stubClock } from './outside-world.ts';
import { IDENTITY_RULES } from './stream-settings.ts';

/** The n-th of a series of quarantined audit records. */
export const quarantined = (n: number, change: Partial<QuarantinedRecord> = {}): QuarantinedRecord => ({
  stream: 'audit-logs',
  record: auditRecord({ actor: `user-${n}` }),
  fingerprint: n.toString(16).padStart(32, '0'),
  reason: '400',
  httpStatus: 400,
  quarantinedAt: '2025-12-29T09:00:00.000Z',
  ...change,
});

/** A quarantined element that holds no record. */
export const element = (stream: Stream, raw: string): QuarantinedObject => ({
  stream,
  raw: Buffer.from(raw).toString('base64'),
  fingerprint: 'e'.repeat(32),
  reason: 'unreadable',
  quarantinedAt: '2025-12-29T09:00:00.000Z',
});

type Objects = Map<string, QuarantinedObject | 'unreadable' | 'gone'>;

/** Objects named by their place, `q/0000` on. */
export const objectsOf = (...contents: (QuarantinedObject | 'unreadable' | 'gone')[]): Objects =>
  new Map(contents.map((content, n) => [`q/${String(n).padStart(4, '0')}`, content]));

/** A quarantine of objects, and a replay of it. */
export function replayWorld(
  objects: Objects,
  sink: FakeSink = fakeSink(),
  change: Partial<QuarantineArchive> = {},
) {
  const clock = stubClock();
  const telemetry = recordingTelemetry();
  const quarantine: QuarantineArchive = {
    put: () => Promise.reject(new Error('Nothing is to be stored.')),
    list: async (prefix) => [...objects.keys()].filter((key) => key.startsWith(prefix)),
    get: async (key) => objects.get(key) ?? 'gone',
    delete: async (key) => void objects.delete(key),
    ...change,
  };
  return {
    clock,
    sink,
    telemetry,
    run: (timeMs = 235_000, after?: string) =>
      replay(
        { prefix: 'q/', after },
        { sink, telemetry, clock, random: () => 0.5, quarantine },
        {
          logContext: LOG_CONTEXT,
          datadogKeyFix: 'Store the right key.',
          readElement: (_, raw) => readElement(raw.toString(), null),
          identityRules: { alerts: IDENTITY_RULES, 'audit-logs': IDENTITY_RULES },
        },
        { owner: 'replay-1', deadline: deadlineIn(clock, timeMs), remainingMs: timeMs + 5000 },
      ),
  };
}

/** Refuses every post that holds a log of one of these actors. */
export const refusing = (...actors: string[]) =>
  fakeSink((logs) => (logs.some(({ actor }) => actors.includes(String(actor))) ? REFUSED : SUCCESS));
