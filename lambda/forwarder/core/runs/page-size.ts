import { OutOfTime, SourceError } from '../../../shared/errors.ts';
import type { StreamRun } from '../slices/stream-context.ts';

/** The error code of a page over the byte cap: a shorter slice has smaller pages. */
const PAGE_TOO_LARGE = 'page-too-large';

const isTooLarge = (error: unknown): boolean => error instanceof SourceError && error.code === PAGE_TOO_LARGE;

/** Whether a shorter slice may succeed where this one failed. */
export const wantsShorterSlice = (error: unknown): boolean => error instanceof OutOfTime || isTooLarge(error);

/**
 * What is to be done about the errors of slices of so many seconds so that the run may go on at once: a shorter slice has
 * smaller pages; where there is none, smaller pages are asked for, from the first one on, because within a chain of
 * pages their size must stay. Such an error is no failure: slices grow back after every success, so a stream of
 * dense records would fail on each run otherwise, and stand still when one slice a run is slower than time.
 * @param length of the longest of the slices, in seconds
 * @returns the errors about which nothing can be done
 */
export function unrecoverable(run: StreamRun, errors: readonly unknown[], length: number): unknown[] {
  if (!errors.some(isTooLarge)) return [...errors];
  const { boundedAbove, pageHalvings = 0 } = run.settings;
  const isDivisible = boundedAbove && length > 1;
  if (!isDivisible && run.pageHalvings >= pageHalvings) return [...errors];
  if (!isDivisible) run.pageHalvings++;
  return errors.filter((error) => !isTooLarge(error));
}
