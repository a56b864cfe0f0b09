import { RunFailed } from '../../shared/errors.ts';
import type { StreamReport } from '../core/runs/report.ts';

export interface Failure {
  /** What failed: a stream, or an action. */
  what: string;
  error: NonNullable<StreamReport['error']>;
}

/** The error that an invocation ends with: what failed, by which code, and what to do about it, each fix once. */
export function runFailed(failures: readonly Failure[]): RunFailed {
  const fixes = [...new Set(failures.map(({ error }) => error.fix))];
  const paragraphs = fixes.map((fix) => [
    ...failures
      .filter(({ error }) => error.fix === fix)
      .map(({ what, error }) => `${what} failed (${error.code}): ${error.message}`),
    `Fix: ${fix}`,
  ]);
  return new RunFailed(paragraphs.map((lines) => lines.join(' ')).join('\n'));
}
