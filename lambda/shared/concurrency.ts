/**
 * Waits until all promises have settled, then returns their values in order. Unlike `Promise.all`, it leaves no work
 * running in the background after a failure.
 * @throws the reason of the first promise, in order, that rejected
 */
export async function awaitAllThenThrow<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
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
