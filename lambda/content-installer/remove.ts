import { ForwarderError } from '../shared/errors.ts';
import type { ContentItem } from './content-item.ts';
import type { DatadogApi } from './datadog-api.ts';
import type { Installed } from './install.ts';
import { canBecome, KINDS, nameOf } from './kinds.ts';
import { withFarewell, withOtherMark } from './mark.ts';
import { type FoundObject, type Objects, objectsOf } from './objects.ts';
import { isNameOf, isOurs, type Owner, ownersOf } from './ownership.ts';
import { seen } from './seen.ts';

const described = ({ kind, body }: ContentItem, id: string) =>
  `The ${KINDS[kind].label} "${nameOf(kind, body)}" (${id})`;

/** Its mark names another resource, which may have installed it since; a user may also have brought back an earlier version of it. */
const leftAlone = (item: ContentItem, id: string): Installed => ({
  id,
  outcome: 'left-alone',
  note: `${described(item, id)} stays in Datadog, because its mark names another owner. If CloudFormation no longer has a resource of it, delete the object by hand.`,
});

/**
 * Takes a deleted resource out of the mark of an object that others own, too.
 * @param isLast whether it installed the object last, so that the object now is that of the one before again
 */
async function leave(
  objects: Objects,
  id: string,
  item: ContentItem,
  { others, isLast }: { others: readonly string[]; isLast: boolean },
): Promise<Installed> {
  const { kind, key } = item;
  const name = described(item, id);
  try {
    // An entry in a list may be only a part of it.
    const whole = await objects.look(id);
    if (!whole) return { id, outcome: 'already-gone' };
    await objects.replace(id, withOtherMark(kind, whole.body, { key, owners: others }));
  } catch (error) {
    if (isLast || !(error instanceof ForwarderError)) throw error;
    // The deletion has nothing else to do, and the object is in use: a failure would only block the stack.
    const note = `${name} still names this resource in its mark, so it stays when its present owner is deleted: ${error.message}`;
    return { id, outcome: 'left-alone', note };
  }
  if (!isLast) return leftAlone(item, id);
  return {
    id,
    outcome: 'handed-back',
    note: `${name} stays in Datadog and belongs again to the resource that had installed it before. If CloudFormation no longer has that resource, delete the object by hand.`,
  };
}

async function removeFound(
  objects: Objects,
  object: FoundObject,
  item: ContentItem,
  owner: Owner,
): Promise<Installed> {
  const { id } = object;
  if (!isOurs(item, object)) return { id, outcome: 'left-alone' };
  const owners = ownersOf(item, object);
  const others = owners.filter((other) => !isNameOf(owner, other));
  if (owners.length > 0 && others.length === owners.length) return leftAlone(item, id);
  if (others.length > 0) return leave(objects, id, item, { others, isLast: others[0] !== owners[0] });
  const reason = await objects.remove(id);
  if (reason === undefined) return { id, outcome: 'removed' };
  await objects.replace(id, withFarewell(item));
  return {
    id,
    outcome: 'kept',
    note: `${described(item, id)} stays in Datadog without our mark, because something refers to it: ${reason}`,
  };
}

/**
 * Removes an installed item. One that no longer exists counts as removed. One that no longer carries our mark, or that another
 * resource owns, stays. One that another resource owned before is that resource's again. One that something else in Datadog refers
 * to stays without our mark.
 * @param id that Datadog gave it
 * @param owner the resource that is deleted
 * @throws as {@link DatadogApi.repeatable} does
 */
export async function remove(
  api: DatadogApi,
  id: string,
  item: ContentItem,
  owner: Owner,
): Promise<Installed> {
  const objects = objectsOf(item.kind, api);
  const object = await seen(api, () => objects.look(id));
  return object ? removeFound(objects, object, item, owner) : { id, outcome: 'already-gone' };
}

/** What an attempt may have left whose answer did not arrive. */
interface Unknown {
  /** The resource that made it. */
  owner: Owner;
  /** Whether the attempt may still be under way, so that it is worth waiting for. */
  isPatient: boolean;
  /** Id of an object that stays, whatever lists say of it. */
  keep?: string | undefined;
}

/** The same of an update, with a last look before something is removed. */
interface Forgotten extends Unknown {
  mayRemove: () => Promise<boolean>;
}

/** A copy that a user made has another name. One that Datadog cannot make of the item, or the item of it, is another one, too. */
async function unknownObjects(
  api: DatadogApi,
  objects: Objects,
  item: ContentItem,
  { owner, isPatient, keep }: Unknown,
): Promise<FoundObject[]> {
  const { kind, body } = item;
  const look = async () => {
    const own = (await objects.list(body)).filter(
      (object) =>
        isOurs(item, object) &&
        nameOf(kind, object.body) === nameOf(kind, body) &&
        canBecome(kind, object.body, body) &&
        ownersOf(item, object).some((name) => isNameOf(owner, name)) &&
        object.id !== keep,
    );
    return own.length > 0 ? own : undefined;
  };
  return (await (isPatient ? seen(api, look) : look())) ?? [];
}

/**
 * Removes what a creation without an answer has installed, whose id is therefore unknown.
 * @param id by which CloudFormation calls it
 * @returns what was done, with Datadog's id if there was something
 * @throws as {@link DatadogApi.repeatable} does
 */
export async function removeUnknown(
  api: DatadogApi,
  id: string,
  item: ContentItem,
  unknown: Unknown,
): Promise<Installed> {
  const objects = objectsOf(item.kind, api);
  let last: Installed = { id, outcome: 'already-gone' };
  for (const object of await unknownObjects(api, objects, item, unknown)) {
    last = await removeFound(objects, object, item, unknown.owner);
  }
  return last;
}

/**
 * Removes the one object that an update has created and CloudFormation never learned of. If there are several, some are copies that a
 * user has made under the same name, and all of them stay.
 * @returns what the user should know then
 * @throws as {@link DatadogApi.repeatable} does
 */
export async function removeForgotten(
  api: DatadogApi,
  item: ContentItem,
  unknown: Forgotten,
): Promise<string | undefined> {
  const objects = objectsOf(item.kind, api);
  const [first, ...more] = await unknownObjects(api, objects, item, unknown);
  if (!first || !(await unknown.mayRemove())) return undefined;
  if (more.length === 0) return (await removeFound(objects, first, item, unknown.owner)).note;
  const ids = [first, ...more].map(({ id }) => id).join(', ');
  return `A failed update may have left one of these objects with the name "${nameOf(item.kind, item.body)}": ${ids}. The others are copies, so all of them stay: delete by hand what you do not need.`;
}
