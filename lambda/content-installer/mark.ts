import type { JsonObject } from '../shared/json.ts';
import type { ContentItem, ContentKind } from './content-item.ts';
import { KINDS, noteOf, settableOf } from './kinds.ts';

/**
 * The ownership mark: a sentence for users of Datadog, by which the installer recognises its items. It names the item, so
 * that items cannot be confused, and the resources that own the object. An object without it is never changed or deleted; a
 * user who removes it takes the object over.
 *
 * A mark without an owner is that of exported content, and of versions that did not know owners yet. Those versions find only
 * marks of that form, so they leave alone what has an owner.
 */
const MARK =
  /Managed by valence-datadog-forwarder \((\w+)\/([\w-]+)(?:, owner ([0-9a-f]+)(?:, before ([0-9a-f, ]+))?)?\)/;

/** What an ownership mark says. */
export interface Mark {
  /** Key of the item. */
  key: string;
  /**
   * The resources that own the object, see `ownerOf`: first the one that installed it last, then those that had it before and were not
   * deleted since. Empty when no resource owns it yet.
   */
  owners: readonly string[];
}

/** The part of a mark that is recognised. */
function markOf(kind: ContentKind, { key, owners: [owner, ...before] }: Mark): string {
  const owned = owner === undefined ? '' : `, owner ${owner}`;
  const former = before.length === 0 ? '' : `, before ${before.join(', ')}`;
  return `Managed by valence-datadog-forwarder (${kind}/${key}${owned}${former})`;
}

const ADVICE =
  ': a deployment overwrites what is edited here; clone it under another title to keep your own.';

const KEPT =
  'No longer managed by valence-datadog-forwarder, which could not delete it, because something else in Datadog refers to it.';

function withSentence({ kind, body }: ContentItem, sentence: string): JsonObject {
  const note = noteOf(kind, body);
  return { ...body, [KINDS[kind].markField]: note ? `${note}\n\n${sentence}` : sentence };
}

/**
 * The body of an item with its ownership mark, as it is sent to Datadog.
 * @param owners the resources that own it, see {@link Mark}; none for a mark without an owner
 */
export const withMark = (item: ContentItem, owners: readonly string[] = []): JsonObject =>
  withSentence(item, markOf(item.kind, { key: item.key, owners }) + ADVICE);

/**
 * What an object is replaced with, so that nothing but its mark changes.
 * @param found the whole object
 */
export const withOtherMark = (kind: ContentKind, found: JsonObject, mark: Mark): JsonObject => ({
  ...settableOf(kind, found),
  [KINDS[kind].markField]: noteOf(kind, found).replace(MARK, markOf(kind, mark)),
});

/** The body of an item that is left to the user, who finds the reason in the place of the mark. */
export const withFarewell = (item: ContentItem): JsonObject => withSentence(item, KEPT);

/** The ownership mark of something found in Datadog; undefined when it is not ours. */
export function markIn(kind: ContentKind, found: JsonObject): Mark | undefined {
  const [, markedKind, key, owner, before] = MARK.exec(noteOf(kind, found)) ?? [];
  if (markedKind !== kind || key === undefined) return undefined;
  return { key, owners: owner === undefined ? [] : [owner, ...(before?.split(', ') ?? [])] };
}
