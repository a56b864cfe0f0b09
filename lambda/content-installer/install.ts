import type { ContentItem } from './content-item.ts';
import type { DatadogApi } from './datadog-api.ts';
import { canBecome, nameOf } from './kinds.ts';
import { withMark } from './mark.ts';
import { type FoundObject, type Objects, objectsOf } from './objects.ts';
import { isFreeFor, isNameOf, isOurs, type Owner, ownersOf, takenOver } from './ownership.ts';
import { seen } from './seen.ts';

/** What was done with an item. */
export type Outcome =
  | 'created'
  | 'adopted'
  | 'updated'
  | 'removed'
  | 'already-gone'
  | 'left-alone'
  | 'handed-back'
  | 'kept';

/** An installed item: the id that Datadog gave it, and what was done. */
export interface Installed {
  id: string;
  outcome: Outcome;
  /** What the user should know about it. */
  note?: string;
}

/** Objects that a creation may adopt, the oldest first: they have the name and the mark, and can become what is wanted. */
async function adoptable(objects: Objects, item: ContentItem): Promise<FoundObject[]> {
  const { kind, body } = item;
  return (await objects.list(body)).filter(
    (object) =>
      isOurs(item, object) &&
      nameOf(kind, object.body) === nameOf(kind, body) &&
      canBecome(kind, object.body, body),
  );
}

/**
 * The one object of an item that was just created. CloudFormation or Lambda may deliver a creation twice at once: both look
 * for a leftover, find none and create an object. So each looks again when it sees its own, and the oldest one stays. One that
 * never sees its own, but that of the other, was the slower one: the other has removed it. This is the second list of a creation; the
 * first one, for leftovers, is too early to show the object of a concurrent creation.
 * @param id of the object that was created
 */
async function onlyOne(
  api: DatadogApi,
  objects: Objects,
  item: ContentItem,
  owner: Owner,
  id: string,
): Promise<Installed> {
  let own: FoundObject[] = [];
  await seen(api, async () => {
    const listed = await adoptable(objects, item);
    own = listed.filter((object) => ownersOf(item, object)[0] === owner.name);
    return own.find((object) => object.id === id);
  });
  const [oldest] = own;
  const kept = oldest?.id ?? id;
  const others = new Set([id, ...own.map((object) => object.id)]);
  others.delete(kept);
  for (const other of others) await objects.remove(other);
  if (!oldest || kept === id) return { id, outcome: 'created' };
  await objects.replace(kept, takenOver(owner, item, oldest));
  return { id: kept, outcome: 'adopted' };
}

/**
 * Installs an item that has no id yet. An object with the same name and our mark is adopted, whoever owned it: an earlier
 * attempt has left it behind, the resource of the item has another logical id now, or another stack had the item before. So
 * a lost answer, a failed deployment or a move never leads to a second one.
 * @param owner the resource that owns the item from now on, see `ownerOf`
 * @throws as {@link DatadogApi.repeatable} does
 */
export async function create(api: DatadogApi, item: ContentItem, owner: Owner): Promise<Installed> {
  const objects = objectsOf(item.kind, api);
  const body = withMark(item, [owner.name]);
  await objects.check(body);
  // Searched before each attempt: the one before may have taken effect although its answer was lost.
  return api.untilDone<Installed>(async () => {
    const leftovers = await adoptable(objects, item);
    const leftover = leftovers.find((object) => isFreeFor(owner, item, object)) ?? leftovers[0];
    if (leftover) {
      await objects.replace(leftover.id, takenOver(owner, item, leftover));
      return { done: { id: leftover.id, outcome: 'adopted' } };
    }
    const attempt = await objects.post(body);
    return 'done' in attempt ? { done: await onlyOne(api, objects, item, owner, attempt.done.id) } : attempt;
  });
}

/**
 * Brings an installed item up to date. Creates it again if a user has deleted it or has taken it over by removing the mark, if
 * Datadog cannot change the object into what is wanted, or if it is wanted in another organisation.
 * @param id that Datadog gave it
 * @param moved whether it is wanted at another destination, which may be the same organisation under other names
 * @returns its id; another one if it was created again
 * @throws as {@link DatadogApi.repeatable} does
 */
export async function update(
  api: DatadogApi,
  id: string,
  item: ContentItem,
  { owner, moved }: { owner: Owner; moved: boolean },
): Promise<Installed> {
  const objects = objectsOf(item.kind, api);
  // Another organisation may have an object of that id: only the mark of this very resource shows that it is the same one.
  const object = moved ? await objects.look(id) : await seen(api, () => objects.look(id));
  const isSame = object && (!moved || ownersOf(item, object).some((name) => isNameOf(owner, name)));
  if (!isSame || !isOurs(item, object) || !canBecome(item.kind, object.body, item.body)) {
    return create(api, item, owner);
  }
  const body = takenOver(owner, item, object);
  await objects.check(body);
  await objects.replace(id, body);
  return { id, outcome: 'updated' };
}
