import type { Page } from '../ports.ts';

export interface ArrivedPage {
  page: Page;
  /** Trusted time in epoch seconds. The page may then wait for minutes, until Datadog has accepted the one before. */
  arrivedAt: number;
}

/**
 * Yields the same pages, and fetches the next one while one is in use. Leaving the loop aborts the fetch, so that nothing
 * continues in the background.
 * @param now trusted time in epoch seconds
 */
export async function* readAhead(
  pages: AsyncIterable<Page>,
  abort: AbortController,
  now: () => number,
): AsyncIterable<ArrivedPage> {
  const iterator = pages[Symbol.asyncIterator]();
  const fetchNext = () => {
    const next = iterator.next().then((page) => ({ page, arrivedAt: now() }));
    // The loop below handles a rejection, but only when it reaches this page.
    next.catch(() => undefined);
    return next;
  };
  let next = fetchNext();
  let hasEnded = false;
  try {
    for (;;) {
      const { page, arrivedAt } = await next;
      hasEnded = page.done === true;
      if (page.done) return;
      next = fetchNext();
      yield { page: page.value, arrivedAt };
    }
  } finally {
    // An abort creates an error with a stack, so it is kept for loops that were left early.
    if (!hasEnded) abort.abort();
    await next.catch(() => undefined);
  }
}
