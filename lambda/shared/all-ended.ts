/**
 * What several pieces of work come to that go on side by side. Fails as the first of them does, but not before every one has
 * ended: none goes on behind the back of a run that failed.
 */
export async function allEnded<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
