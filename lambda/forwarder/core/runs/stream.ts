import { LEASE_HELD, type Stream } from '../../../contract.ts';
import { LEASE_MARGIN_SECONDS, SILENCE_SECONDS } from '../../../limits.ts';
import type { Deadline } from '../../../shared/clock.ts';
import { CredentialError, ForwarderError, LeaseLost, OutOfTime } from '../../../shared/errors.ts';
import { unexpected } from '../../../shared/unexpected.ts';
import { VERSION } from '../../../shared/version.ts';
import type { LeaseAnswer, StateStore, StreamState } from '../ports.ts';
import { FIRST_SLICE_SECONDS } from '../slices/planner.ts';
import type { Ports, StreamSettings } from '../slices/stream-run.ts';
import { freshen } from './catch-up.ts';
import { LiveRun } from './live-run.ts';
import { sweep } from './sweep.ts';

/** Results and counts of one stream and run. Times are epoch seconds. */
export interface StreamReport {
  fetched: number;
  forwarded: number;
  duplicates: number;
  filtered: number;
  quarantined: number;
  watermark: number;
  finalWatermark: number;
  /** Time of the newest record ever seen, or of the first run before there is one; 0 when the state is not known. */
  silentSince: number;
  /** Everything up to the start of the run (less the settle time) is proven, by this clock or Valence's, whichever is behind. */
  caughtUp: boolean;
  skipped: typeof LEASE_HELD | null;
  error: { code: string; message: string; fix: string } | null;
}

export interface Invocation {
  /** Unlike any other invocation's, also when the platform repeats a request id. */
  owner: string;
  /** No work starts after it. */
  deadline: Deadline;
  /** Milliseconds until the platform kills this invocation. */
  killedInMs: number;
}

const NOTHING: StreamReport = {
  fetched: 0,
  forwarded: 0,
  duplicates: 0,
  filtered: 0,
  quarantined: 0,
  watermark: 0,
  finalWatermark: 0,
  silentSince: 0,
  caughtUp: false,
  skipped: null,
  error: null,
};

/** Serves one stream once. Never throws: what went wrong is in the report, so that one stream cannot stop another. */
export async function runStream(
  stream: Stream,
  ports: Ports,
  settings: StreamSettings,
  invocation: Invocation,
): Promise<StreamReport> {
  // What a run may leave in doubt ends where its lease says that it began, so it begins there.
  const startedAt = Math.floor(ports.clock.wall() / 1000);
  try {
    const answer = await acquire(stream, ports, settings, invocation, startedAt);
    if (answer.held) return await skipped(stream, ports, answer.until);
    if (answer.firstRun) announceFirstRun(stream, ports, answer.state.watermark);
    const { lease, state } = answer;
    const { deadline } = invocation;
    return await serve(new LiveRun({ ports, stream, settings, deadline, lease, startedAt }, state));
  } catch (error) {
    return { ...NOTHING, error: describe(error) };
  }
}

function acquire(
  stream: Stream,
  { store }: Ports,
  settings: StreamSettings,
  { owner, killedInMs }: Invocation,
  now: number,
): Promise<LeaseAnswer> {
  return store.acquire({
    stream,
    owner,
    now,
    leaseUntil: now + Math.ceil(killedInMs / 1000) + LEASE_MARGIN_SECONDS,
    start: now - settings.initialLookbackSeconds,
    slice: FIRST_SLICE_SECONDS,
  });
}

/** A report of nothing done, with where the stream stands as far as its state tells. */
const standing = (state: StreamState | undefined): StreamReport => ({
  ...NOTHING,
  ...(state && {
    watermark: state.watermark,
    finalWatermark: state.finalWatermark,
    silentSince: silentSince(state),
  }),
});

const silentSince = ({
  lastRecordAt,
  initialUntil,
}: Pick<StreamState, 'lastRecordAt' | 'initialUntil'>): number => lastRecordAt || initialUntil;

/** The report of a stream that could not be started, with the progress it has, as far as the table tells. */
export async function failedBeforeStart(
  stream: Stream,
  store: StateStore,
  error: ForwarderError,
): Promise<StreamReport> {
  const state = await store.read(stream).catch(() => undefined);
  return { ...standing(state), error: describe(error) };
}

async function skipped(stream: Stream, { store, telemetry }: Ports, until: number): Promise<StreamReport> {
  telemetry.info('lease-held', 'Another run holds the lease of this stream; left it alone.', {
    stream,
    until,
  });
  return { ...standing(await store.read(stream)), skipped: LEASE_HELD };
}

function announceFirstRun(stream: Stream, { telemetry }: Ports, start: number): void {
  telemetry.warn(
    'first-run',
    'First run of this stream: no state was found, so everything from the first start point on is forwarded.',
    { stream, start },
  );
}

async function serve(run: LiveRun): Promise<StreamReport> {
  let failure: unknown;
  try {
    await freshen(run);
    await sweep(run);
  } catch (error) {
    failure = error;
  }
  const caughtUp = failure === undefined;
  try {
    // Whoever took over notes progress from here on.
    if (!(failure instanceof LeaseLost)) await run.release();
  } catch (error) {
    failure = failure === undefined || failure instanceof OutOfTime ? error : failure;
  }
  if (failure instanceof CredentialError) run.ports.telemetry.count('CredentialFailures');
  run.warnOfUnknownTypes();
  if (failure === undefined) warnOfSilence(run);
  return report(run, caughtUp, failure);
}

function warnOfSilence({ ports, stream, progress, startedAt }: LiveRun): void {
  if (startedAt - progress.lastRecordAt > SILENCE_SECONDS) {
    const since = progress.lastRecordAt === 0 ? 'ever' : `since ${progress.lastRecordAt}`;
    ports.telemetry.warn(
      'stream-silent',
      `No record was seen ${since}. If Valence shows some, check timeUnit and itemsPath of the API profile.`,
      { stream, lastRecordAt: progress.lastRecordAt },
    );
  }
}

function report(run: LiveRun, caughtUp: boolean, failure: unknown): StreamReport {
  const { counts, delivered, progress, initialUntil } = run;
  const lastRecordAt = Math.max(progress.lastRecordAt, counts.newestRecord);
  return {
    fetched: counts.fetched,
    forwarded: delivered.forwarded,
    duplicates: counts.duplicates,
    filtered: counts.filtered,
    quarantined: delivered.quarantined,
    watermark: progress.watermark,
    finalWatermark: progress.finalWatermark,
    silentSince: silentSince({ lastRecordAt, initialUntil }),
    caughtUp,
    skipped: null,
    error: failure === undefined || failure instanceof OutOfTime ? null : describe(failure),
  };
}

/** An error as a result shows it, see {@link unexpected} for one that nobody foresaw. */
export function describe(error: unknown): { code: string; message: string; fix: string } {
  if (error instanceof ForwarderError) {
    return { code: error.code, message: error.message, fix: error.fix };
  }
  return {
    code: 'unexpected',
    message: `Unexpected ${unexpected(error)} in the forwarder ${VERSION}.`,
    fix: 'This is a fault of the forwarder: please report this message, which holds nothing of a record.',
  };
}
