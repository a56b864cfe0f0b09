import type { Stream } from '../../lambda/contract.ts';
import type { CallOptions, Page, Range } from '../../lambda/forwarder/core/ports.ts';
import { OutOfTime } from '../../lambda/shared/errors.ts';

/** One list that a run asked the source for. */
export interface ListRequest {
  range: Range;
  /** Part of a range that was refused before, or of a hole: each of its requests is made once. */
  isPart: boolean;
  /** `cut short`: by the run's own time, or because the caller needs no more. */
  outcome: 'open' | 'answered' | 'refused' | 'cut short';
  /** Records of all pages that arrived. */
  records: number;
}

/** The lists that one run asked for, by stream, in the order of asking. */
export class ListRequests {
  readonly #requests: Record<Stream, ListRequest[]> = { alerts: [], 'audit-logs': [] };

  of(stream: Stream): readonly ListRequest[] {
    return this.#requests[stream];
  }

  /** Notes a list as its pages arrive. */
  async *noting(
    stream: Stream,
    range: Range,
    { maxAttempts }: CallOptions,
    pages: AsyncIterable<Page>,
  ): AsyncGenerator<Page> {
    const request: ListRequest = { range, isPart: maxAttempts === 1, outcome: 'open', records: 0 };
    this.#requests[stream].push(request);
    try {
      for await (const page of pages) {
        request.records += page.records.length;
        yield page;
      }
      request.outcome = 'answered';
    } catch (error) {
      request.outcome = error instanceof OutOfTime ? 'cut short' : 'refused';
      throw error;
    } finally {
      if (request.outcome === 'open') request.outcome = 'cut short';
    }
  }
}
