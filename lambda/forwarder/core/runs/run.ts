import type { Stream } from '../../../contract.ts';

import type { Ports, StreamSettings } from '../slices/stream-run.ts';
import { type Invocation, runStream, type StreamReport } from './stream.ts';

/** Result of a run: `failed` when a stream failed, `partial` when time ran out with work left. */
export interface RunResult {
  status: 'ok' | 'partial' | 'failed';
  streams: Partial<Record<Stream, StreamReport>>;
}

/** Serves the streams side by side, each with its own lease, progress and error. Never throws. */
export async function run(
  streams: readonly Stream[],
  ports: Ports,
  settings: Readonly<Record<Stream, StreamSettings>>,
  invocation: Invocation,
): Promise<RunResult> {
  const reports = await Promise.all(
    streams.map(
      async (stream) => [stream, await runStream(stream, ports, settings[stream], invocation)] as const,
    ),
  );
  return resultOf(Object.fromEntries(reports));
}

/** The result that reports of single streams amount to. */
export function resultOf(streams: RunResult['streams']): RunResult {
  const reports = Object.values(streams);
  if (reports.some(({ error }) => error)) return { status: 'failed', streams };
  const behind = reports.some(({ caughtUp, skipped }) => !caughtUp && !skipped);
  return { status: behind ? 'partial' : 'ok', streams };
}
