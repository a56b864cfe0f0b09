import type { JsonObject } from '../shared/json.ts';
import type { ContentItem } from './content-item.ts';
import { markIn, withMark } from './mark.ts';
import type { FoundObject } from './objects.ts';

/** Whether an object carries the mark of an item. */
export const isOurs = ({ kind, key }: ContentItem, { body }: FoundObject) => markIn(kind, body)?.key === key;

/** The resources that own an object of ours, see `Mark`. */
export const ownersOf = ({ kind }: ContentItem, { body }: FoundObject): readonly string[] =>
  markIn(kind, body)?.owners ?? [];

/** Whether no other resource has installed an object of ours since. */
export const isFreeFor = (owner: string, item: ContentItem, object: FoundObject) =>
  [undefined, owner].includes(ownersOf(item, object)[0]);

/**
 * The body with which a resource takes an object over. The former owners stay in the mark until they are deleted: if the new one
 * is deleted first, as in a rollback, the object is theirs again.
 */
export const takenOver = (owner: string, item: ContentItem, object: FoundObject): JsonObject =>
  withMark(item, [owner, ...ownersOf(item, object).filter((other) => other !== owner)]);
