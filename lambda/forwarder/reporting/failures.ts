import { RunFailed } from '../../shared/errors.ts';
import type { StreamReport } from '../core/runs/report.ts';

export interface Failure {
  /** What failed: a stream, or an action. */
  what: string;
  error: NonNullable<StreamReport['error']>;
}

/** The error that an invocation ends with: what failed, by which code, and what to do about it. */
export const runFailed = (failures: readonly Failure[]): RunFailed =>
  new RunFailed(
    'run-failed',
    failures
      .map(({ what, error }) => `${what} failed (${error.code}): ${error.message} Fix: ${error.fix}`)
      .join('\n'),
    failures.map(({ error }) => error.fix).join(' '),
  );
