import type { LEASE_HELD, Stream } from '../../../contract.ts';
import { ForwarderError, OutOfTime } from '../../../shared/errors.ts';
import { unexpected } from '../../../shared/unexpected.ts';
import { VERSION } from '../../../shared/version.ts';
import type { StreamState } from '../state-ports.ts';
import { type ReportedHole, reportedHoles } from './holes.ts';
import type { LiveRun } from './live-run.ts';

/** Results and counts of one stream and run. Times are epoch seconds. */
export interface StreamReport {
  fetched: number;
  forwarded: number;
  duplicates: number;
  filtered: number;
  quarantined: number;
  watermark: number;
  finalWatermark: number;
  /** Time of the newest record ever seen, or of the first run when there was none; 0 when the state is not known. */
  silentSince: number;
  /** Whether the state records that a run of the stream was good; undefined when the state is not known. */
  hasWorked: boolean | undefined;
  /** Everything up to the start of the run, less the settle time, is forwarded, by the slower of both clocks. */
  caughtUp: boolean;
  skipped: typeof LEASE_HELD | null;
  error: { code: string; message: string; fix: string } | null;
  /** Ranges that the source has refused for some time: their records are not forwarded yet. */
  holes: readonly ReportedHole[];
}

/** Result of a run: `failed` when a stream failed, `partial` when time ran out with work left. */
export interface RunResult {
  status: 'ok' | 'partial' | 'failed';
  streams: Partial<Record<Stream, StreamReport>>;
}

export const NOTHING_DONE: StreamReport = {
  fetched: 0,
  forwarded: 0,
  duplicates: 0,
  filtered: 0,
  quarantined: 0,
  watermark: 0,
  finalWatermark: 0,
  silentSince: 0,
  hasWorked: undefined,
  caughtUp: false,
  skipped: null,
  error: null,
  holes: [],
};

/** A report without work done, with the stored progress. @param state undefined before the first run */
export const unchangedProgress = (state: StreamState | undefined): StreamReport => ({
  ...NOTHING_DONE,
  hasWorked: false,
  ...(state && {
    hasWorked: hasWorked(state),
    watermark: state.watermark,
    finalWatermark: state.finalWatermark,
    silentSince: silentSince(state),
    holes: reportedHoles(state.holes),
  }),
});

/** A run was good, at least in part, once the watermark has left the start point. */
const hasWorked = ({ watermark, startPoint }: Pick<StreamState, 'watermark' | 'startPoint'>): boolean =>
  watermark > startPoint;

const silentSince = ({
  lastRecordAt,
  initialUntil,
}: Pick<StreamState, 'lastRecordAt' | 'initialUntil'>): number => lastRecordAt || initialUntil;

/** @param failure what ended the run early; running out of time is no error */
export function reportOf(run: LiveRun, caughtUp: boolean, failure: unknown): StreamReport {
  const { progress, initialUntil } = run;
  const { counts, deliveryState } = run.context;
  const lastRecordAt = Math.max(progress.lastRecordAt, counts.newestRecord);
  return {
    fetched: counts.fetched,
    forwarded: deliveryState.forwarded,
    duplicates: counts.duplicates,
    filtered: counts.filtered,
    quarantined: deliveryState.quarantined,
    watermark: progress.watermark,
    finalWatermark: progress.finalWatermark,
    silentSince: silentSince({ lastRecordAt, initialUntil }),
    // A good run that begins at the present has nothing to move the watermark over.
    hasWorked: caughtUp || hasWorked(progress),
    caughtUp,
    skipped: null,
    error: failure === undefined || failure instanceof OutOfTime ? null : describeError(failure),
    holes: reportedHoles(progress.holes),
  };
}

/** The result of a run from the reports of its streams. */
export function resultOf(streams: RunResult['streams']): RunResult {
  const reports = Object.values(streams);
  if (reports.some(({ error }) => error)) return { status: 'failed', streams };
  const behind = reports.some(({ caughtUp, skipped }) => !caughtUp && !skipped);
  return { status: behind ? 'partial' : 'ok', streams };
}

/** An error as a report shows it. Of an unexpected one only what {@link unexpected} considers safe is shown. */
export function describeError(error: unknown): { code: string; message: string; fix: string } {
  if (error instanceof ForwarderError) {
    return { code: error.code, message: error.message, fix: error.fix };
  }
  return {
    code: 'unexpected',
    message: `Unexpected ${unexpected(error)} in the forwarder ${VERSION}.`,
    fix: 'This is a fault of the forwarder: please report this message, which holds nothing of a record.',
  };
}
