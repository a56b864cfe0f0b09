import type { ContentItem } from './content-item.ts';
import type { DatadogApi } from './datadog-api.ts';
import { nameOf } from './kinds.ts';
import { markedKey, withMark } from './mark.ts';
import { type FoundObject, type Objects, objectsOf } from './objects.ts';

/** What was done with an item. */
export type Outcome = 'created' | 'adopted' | 'updated' | 'removed' | 'already-gone' | 'left-alone';

/** An installed item: the id that Datadog gave it, and what was done. */
export interface Installed {
  id: string;
  outcome: Outcome;
}

const isOurs = (item: ContentItem, { body }: FoundObject) => markedKey(item.kind, body) === item.key;

/** Waits, with growing pauses, until an object is visible; undefined if it still is not. */
async function seen(api: DatadogApi, objects: Objects, id: string): Promise<FoundObject | undefined> {
  const unseen = new Error('Not seen.');
  try {
    return await api.untilDone(async () => {
      const object = await objects.look(id);
      return object ? { done: object } : { failed: unseen };
    });
  } catch (error) {
    if (error === unseen) return undefined;
    throw error;
  }
}

/**
 * Installs an item that has no id yet. An object that an earlier attempt has left behind (with the same name and our mark) is
 * adopted, so that a lost answer or a failed deployment never leads to a second one.
 * @throws as {@link DatadogApi.repeatable} does
 */
export async function create(api: DatadogApi, item: ContentItem): Promise<Installed> {
  const objects = objectsOf(item.kind, api);
  const body = withMark(item);
  await objects.check(body);
  const name = nameOf(item.kind, body);
  // Searched before each attempt: the one before may have taken effect although its answer was lost.
  return api.untilDone<Installed>(async () => {
    const leftover = (await objects.list()).find(
      (object) => isOurs(item, object) && nameOf(item.kind, object.body) === name,
    );
    if (leftover) {
      await objects.replace(leftover.id, body);
      return { done: { id: leftover.id, outcome: 'adopted' } };
    }
    const attempt = await objects.post(body);
    if (!('done' in attempt)) return attempt;
    // A new dashboard may not be visible at once, but the next event about it must find it.
    await seen(api, objects, attempt.done.id);
    return { done: { id: attempt.done.id, outcome: 'created' } };
  });
}

/**
 * Brings an installed item up to date. Creates it again if a user has deleted it, or has taken it over by removing the mark.
 * @param id that Datadog gave it
 * @returns its id; another one if it was created again
 * @throws as {@link DatadogApi.repeatable} does
 */
export async function update(api: DatadogApi, id: string, item: ContentItem): Promise<Installed> {
  const objects = objectsOf(item.kind, api);
  const object = await seen(api, objects, id);
  if (!object || !isOurs(item, object)) return create(api, item);
  const body = withMark(item);
  await objects.check(body);
  await objects.replace(id, body);
  return { id, outcome: 'updated' };
}

/**
 * Removes an installed item. One that no longer exists counts as removed; one that no longer carries our mark stays.
 * @param id that Datadog gave it
 * @throws as {@link DatadogApi.repeatable} does
 */
export async function remove(api: DatadogApi, id: string, item: ContentItem): Promise<Installed> {
  const objects = objectsOf(item.kind, api);
  const object = await seen(api, objects, id);
  if (!object) return { id, outcome: 'already-gone' };
  if (!isOurs(item, object)) return { id, outcome: 'left-alone' };
  await objects.remove(id);
  return { id, outcome: 'removed' };
}
