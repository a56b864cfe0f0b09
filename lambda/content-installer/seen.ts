import type { DatadogApi } from './datadog-api.ts';

/** Waits, with growing pauses, until something is visible; undefined if it still is not. */
export async function seen<T>(api: DatadogApi, look: () => Promise<T | undefined>): Promise<T | undefined> {
  const unseen = new Error('Not seen.');
  try {
    return await api.untilDone(async () => {
      const object = await look();
      return object === undefined ? { failed: unseen } : { done: object };
    });
  } catch (error) {
    if (error === unseen) return undefined;
    throw error;
  }
}
