import type { JsonObject } from '../shared/json.ts';
import type { ContentItem } from './content-item.ts';
import { markIn, withMark } from './mark.ts';
import type { FoundObject } from './objects.ts';

/** A resource, as ownership marks name it. */
export interface Owner {
  name: string;
  /** Names that it had in earlier marks: at another destination, or given by an earlier version. */
  formerNames: readonly string[];
}

/** Whether a mark means a resource by a name. */
export const isNameOf = ({ name, formerNames }: Owner, marked: string): boolean =>
  marked === name || formerNames.includes(marked);

/** Whether an object carries the mark of an item. */
export const isOurs = ({ kind, key }: ContentItem, { body }: FoundObject) => markIn(kind, body)?.key === key;

/** The resources that own an object of ours, see `Mark`. */
export const ownersOf = ({ kind }: ContentItem, { body }: FoundObject): readonly string[] =>
  markIn(kind, body)?.owners ?? [];

/** Whether no other resource has installed an object of ours since. */
export const isFreeFor = (owner: Owner, item: ContentItem, object: FoundObject): boolean => {
  const [last] = ownersOf(item, object);
  return last === undefined || isNameOf(owner, last);
};

/**
 * The body with which a resource takes an object over. The former owners stay in the mark until they are deleted: if the new one
 * is deleted first, as in a rollback, the object is theirs again.
 */
export const takenOver = (owner: Owner, item: ContentItem, object: FoundObject): JsonObject =>
  withMark(item, [owner.name, ...ownersOf(item, object).filter((other) => !isNameOf(owner, other))]);
