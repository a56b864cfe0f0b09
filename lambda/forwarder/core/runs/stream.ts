import { LEASE_HELD, type Stream } from '../../../contract.ts';
import { LEASE_MARGIN_SECONDS, SILENCE_SECONDS } from '../../../limits.ts';
import { type Deadline, wallSeconds } from '../../../shared/clock.ts';
import { CredentialError, type ForwarderError, LeaseLost, OutOfTime } from '../../../shared/errors.ts';
import type { Ports } from '../ports.ts';
import { FIRST_SLICE_SECONDS } from '../slices/planner.ts';
import { type StreamSettings, warnOfAlerts } from '../slices/stream-context.ts';
import type { LeaseAnswer, StateStore } from '../state-ports.ts';
import { catchUp } from './catch-up.ts';
import { LiveRun } from './live-run.ts';
import { Newest } from './newest.ts';
import {
  describeError,
  NOTHING_DONE,
  type RunResult,
  reportOf,
  resultOf,
  type StreamReport,
  unchangedProgress,
} from './report.ts';
import { retryHoles } from './retry-holes.ts';
import { sweep } from './sweep.ts';

export interface Invocation {
  /** Unique, even when the platform repeats a request id. */
  owner: string;
  /** No work starts after it. */
  deadline: Deadline;
  /** Milliseconds until the platform kills this invocation. */
  remainingMs: number;
}

/** Runs all streams concurrently, each with a lease, progress and error of its own. Never throws. */
export async function runStreams(
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

/** Runs one stream once. Never throws: errors are in the report, so that one stream cannot stop another. */
export async function runStream(
  stream: Stream,
  ports: Ports,
  settings: StreamSettings,
  invocation: Invocation,
): Promise<StreamReport> {
  // Taken before the lease: the state says that the run started then, so its unconfirmed writes must end there, too.
  const startedAt = wallSeconds(ports.clock);
  try {
    const answer = await acquire(stream, ports, settings, invocation, startedAt);
    if (answer.held) return await skipped(stream, ports, answer.until);
    if (answer.firstRun) warnOfFirstRun(stream, ports, answer.state.watermark);
    const { lease, state } = answer;
    const { deadline } = invocation;
    return await serve(
      new LiveRun({ ports, stream, settings, deadline, lease, startedAt }, state, answer.firstRun),
    );
  } catch (error) {
    return { ...NOTHING_DONE, error: describeError(error) };
  }
}

function acquire(
  stream: Stream,
  { store }: Ports,
  settings: StreamSettings,
  { owner, remainingMs }: Invocation,
  now: number,
): Promise<LeaseAnswer> {
  return store.acquire({
    stream,
    owner,
    now,
    leaseUntil: now + Math.ceil(remainingMs / 1000) + LEASE_MARGIN_SECONDS,
    start: now - settings.initialLookbackSeconds,
    slice: FIRST_SLICE_SECONDS,
  });
}

/** The report of a stream that could not be started. Its progress is included if the state table answers. */
export async function failedBeforeStart(
  stream: Stream,
  store: StateStore,
  error: ForwarderError,
): Promise<StreamReport> {
  const known = await store.read(stream).then(unchangedProgress, () => NOTHING_DONE);
  return { ...known, error: describeError(error) };
}

async function skipped(stream: Stream, { store, telemetry }: Ports, until: number): Promise<StreamReport> {
  telemetry.info('lease-held', 'Another run holds the lease of this stream; left it alone.', {
    stream,
    until,
  });
  return { ...unchangedProgress(await store.read(stream)), skipped: LEASE_HELD };
}

function warnOfFirstRun(stream: Stream, { telemetry }: Ports, start: number): void {
  telemetry.warn(
    'first-run',
    'First run of this stream: no state was found, so everything from the first start point on is forwarded.',
    { stream, start },
  );
}

async function serve(run: LiveRun): Promise<StreamReport> {
  let failure: unknown;
  try {
    const newest = new Newest(run);
    await catchUp(run, newest);
    await newest.forwardRest();
    await sweep(run);
    await retryHoles(run);
  } catch (error) {
    failure = error;
  }
  const caughtUp = failure === undefined;
  try {
    // After a lost lease, only the new holder may save progress.
    if (!(failure instanceof LeaseLost)) await run.release();
  } catch (error) {
    failure = failure === undefined || failure instanceof OutOfTime ? error : failure;
  }
  if (failure instanceof CredentialError) run.context.ports.telemetry.count('CredentialFailures');
  warnOfAlerts(run.context);
  if (failure === undefined) warnOfSilence(run);
  return reportOf(run, caughtUp, failure);
}

function warnOfSilence({ context, progress }: LiveRun): void {
  const { ports, stream, startedAt } = context;
  if (startedAt - progress.lastRecordAt > SILENCE_SECONDS) {
    const since = progress.lastRecordAt === 0 ? 'ever' : `since ${progress.lastRecordAt}`;
    ports.telemetry.warn(
      'stream-silent',
      `No record was seen ${since}. If Valence shows some, check timeUnit and itemsPath of the API profile.`,
      { stream, lastRecordAt: progress.lastRecordAt },
    );
  }
}
