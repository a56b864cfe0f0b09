/**
 * Waits until all promises have settled, then returns their values in order. Unlike `Promise.all`, it leaves no work
 * running in the background after a failure.
 * @throws the reason of the first promise, in order, that rejected
 */
export async function awaitAllThenThrow<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

/**
 * Does work on each item, on a limited number of them at a time. After a failure it begins no further item.
 * @param limit how many items are worked on at the same time
 * @returns the results in the order of the items
 * @throws what the work threw, once all work under way has ended
 */
export async function inPool<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  let hasFailed = false;
  const worker = async () => {
    while (next < items.length && !hasFailed) {
      const index = next++;
      try {
        results[index] = await work(items[index] as T, index);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  await awaitAllThenThrow(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}

/** Waits for the lock; resolves with the function that releases it. */
export type Mutex = () => Promise<() => void>;

/** A lock that one caller holds at a time. Callers get it in the order in which they asked. */
export function mutex(): Mutex {
  let last = Promise.resolve();
  return async () => {
    const before = last;
    let release = () => {};
    last = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    return release;
  };
}
