import { OutOfTime, SourceError } from '../../../shared/errors.ts';
import { AlertTypesError } from '../slices/alert-types.ts';
import type { StreamContext } from '../slices/stream-context.ts';

/** The error code of a page over the byte limit: a shorter slice has smaller pages. */
const PAGE_TOO_LARGE = 'page-too-large';

/** Whether a page of a range was too large: then a shorter range may have smaller ones. The list of alert types has no range. */
export const isTooLarge = (error: unknown): boolean =>
  error instanceof SourceError && !(error instanceof AlertTypesError) && error.code === PAGE_TOO_LARGE;

/** Whether a shorter slice may succeed where this one failed. */
export const wantsShorterSlice = (error: unknown): boolean => error instanceof OutOfTime || isTooLarge(error);

/**
 * Separates errors that end the run from pages that were too large. Those are no failure: the next slice is shorter, and
 * where slices cannot be shorter, this halves the page size for the rest of the run. A page size cannot change within a
 * chain of pages. If such an error ended the run, a stream of dense records would fail on each run, because slices grow
 * after every success.
 * @param length of the longest of the failed slices, in seconds
 * @returns the errors that end the run
 */
export function unrecoverable(
  { settings, pageSize }: StreamContext,
  errors: readonly unknown[],
  length: number,
): unknown[] {
  if (!errors.some(isTooLarge)) return [...errors];
  const { boundedAbove, pageHalvings = 0 } = settings;
  const isDivisible = boundedAbove && length > 1;
  if (!isDivisible && pageSize.halvings >= pageHalvings) return [...errors];
  if (!isDivisible) pageSize.halvings++;
  return errors.filter((error) => !isTooLarge(error));
}
