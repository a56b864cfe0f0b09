import { describeError } from '../../lambda/forwarder/core/runs/report.ts';
import { fixHere } from '../cli/fix.ts';

/** The result of one check. */
export interface Finding {
  /** What was checked, with dots between the parts: `valence.alerts.itemsPath`. */
  name: string;
  level: 'ok' | 'warn' | 'fail';
  message: string;
  /** What the user can do; null when there is nothing to do. */
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
  return fail(name, message, fixHere(fix));
}

/** Runs one check. An error becomes a finding, so that the other checks still run. */
export async function check(name: string, work: () => Promise<Finding | Finding[]>): Promise<Finding[]> {
  try {
    return [await work()].flat();
  } catch (error) {
    return [failure(name, error)];
  }
}
