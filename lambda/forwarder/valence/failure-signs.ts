import { SourceError } from '../../shared/errors.ts';
import { isObject, isReported } from '../../shared/json.ts';

/** Fields by which APIs report in a body with a success status that the answer is wrong or incomplete. */
const SIGNS: Readonly<Record<string, (value: unknown) => boolean>> = {
  error: isReported,
  errors: isReported,
  success: (value) => value === false,
  ok: (value) => value === false,
  timed_out: (value) => value === true,
  incomplete_results: (value) => value === true,
};

/** The name of the field in which a body reports a failure; undefined when it reports none. */
export const failureSignOf = (body: unknown): string | undefined =>
  isObject(body)
    ? Object.keys(SIGNS).find((name) => Object.hasOwn(body, name) && SIGNS[name]?.(body[name]))
    : undefined;

export const REPORTED_FAILURE = 'source-reported-failure';

/** The body of a page reports a failure, so more records may be missing than it shows. */
export const reportedFailure = (place: string, sign: string): SourceError =>
  new SourceError(
    REPORTED_FAILURE,
    `Valence answered ${place} with a success status, but the field "${sign}" of the body reports a failure.`,
    'Nothing to do if it passes: the next run asks again. Otherwise ask Valence what the field means.',
  );

/** Valence calls a page partial, and there is no further one. */
export const partialAnswer = (place: string): SourceError =>
  new SourceError(
    'source-partial',
    `Valence answered 206 (partial content) to ${place} and named no further page, so records may be missing.`,
    'Nothing to do if it passes: the next run asks again. Otherwise set the profile key "pageSize" lower.',
  );
