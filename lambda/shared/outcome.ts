/**
 * What an answer means: the one place that decides, for Valence and for Datadog alike.
 * - `success`: accepted.
 * - `retry`: the same request may succeed later.
 * - `credential`: the key was refused.
 * - `rejected`: the content was refused.
 * - `fatal`: unexpected; the stream stops and reports it.
 */
export type Outcome = 'success' | 'retry' | 'credential' | 'rejected' | 'fatal';

/** The outcome of an HTTP status. Datadog's are documented with its logs intake API (v2). */
export function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return 'success';
  if (status === 401 || status === 403) return 'credential';
  if (status === 400 || status === 413) return 'rejected';
  if (status === 408 || status === 429 || status >= 500) return 'retry';
  return 'fatal';
}

/**
 * Whether a refusal may be about the content, the key or the address. An intake answers 403 for a wrong key, and so does a web
 * application firewall on the way that dislikes one record. 401 is always the key.
 */
export const isUnexplained = (status: number): boolean =>
  status === 403 || (status < 500 && status >= 400 && outcomeOf(status) === 'fatal');

/** Whether the request may have taken effect although the answer was not a success. After a 429 it has not. */
export const isAmbiguous = (status: number): boolean => status === 408 || status >= 500;
