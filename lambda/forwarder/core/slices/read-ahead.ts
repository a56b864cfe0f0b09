import type { Page } from '../ports.ts';

/**
 * The same pages, each following one already being fetched while this one is worked on; one page at most is ahead.
 * Leaving the loop cuts the fetch off, so that nothing goes on behind the run's back.
 * @param now trusted time; a page may wait for minutes until Datadog has taken its predecessor
 */
export async function* readAhead(
  pages: AsyncIterable<Page>,
  abort: AbortController,
  now: () => number,
): AsyncIterable<{ page: Page; arrivedAt: number }> {
  const iterator = pages[Symbol.asyncIterator]();
  const fetchNext = () => {
    const next = iterator.next().then((page) => ({ page, arrivedAt: now() }));
    // Its failure is met when the loop comes to it.
    next.catch(() => undefined);
    return next;
  };
  let next = fetchNext();
  try {
    for (;;) {
      const { page, arrivedAt } = await next;
      if (page.done) return;
      next = fetchNext();
      yield { page: page.value, arrivedAt };
    }
  } finally {
    abort.abort();
    await next.catch(() => undefined);
  }
}
