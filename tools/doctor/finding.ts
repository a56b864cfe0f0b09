import { describeError } from '../../lambda/forwarder/core/runs/report.ts';
import { colour } from '../cli/colour.ts';
import { table } from '../cli/table.ts';

/** One thing that was looked at. */
export interface Finding {
  /** What, with dots between its parts: `valence.alerts.itemsPath`. */
  name: string;
  level: 'ok' | 'warn' | 'fail';
  message: string;
  /** What to do about it; null when there is nothing to do. */
  fix: string | null;
}

export const ok = (name: string, message: string): Finding => ({ name, level: 'ok', message, fix: null });

export const warn = (name: string, message: string, fix: string): Finding => ({
  name,
  level: 'warn',
  message,
  fix,
});

export const fail = (name: string, message: string, fix: string): Finding => ({
  name,
  level: 'fail',
  message,
  fix,
});

/** An error as a finding. */
export function failure(name: string, error: unknown): Finding {
  const { message, fix } = describeError(error);
  return fail(name, message, fix);
}

/** Runs one look; an error is a finding, so that the other looks go on. */
export async function look(name: string, work: () => Promise<Finding | Finding[]>): Promise<Finding[]> {
  try {
    return [await work()].flat();
  } catch (error) {
    return [failure(name, error)];
  }
}

const MARKS = {
  ok: () => colour('green', 'ok'),
  warn: () => colour('yellow', 'WARN'),
  fail: () => colour('red', 'FAIL'),
} as const;

/** Findings for people: one line each, and the fix below what is wrong. */
export const shownFindings = (findings: readonly Finding[]): string =>
  table(
    undefined,
    findings.flatMap(({ name, level, message, fix }) => [
      [MARKS[level](), name, message],
      ...(fix === null ? [] : [['', '', `Fix: ${fix}`]]),
    ]),
  );
