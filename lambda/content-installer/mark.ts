import type { JsonObject } from '../shared/json.ts';
import type { ContentItem, ContentKind } from './content-item.ts';
import { KINDS, noteOf } from './kinds.ts';

/**
 * The ownership mark: a sentence for users of Datadog, by which the installer recognises its items. It names the item, so
 * that items cannot be confused, and the resource that owns the object. An object without it is never changed or deleted; a
 * user who removes it takes the object over.
 *
 * A mark without an owner is that of exported content, and of versions that did not know owners yet. Those versions find only
 * marks of that form, so they leave alone what has an owner.
 */
const MARK = /Managed by valence-datadog-forwarder \((\w+)\/([\w-]+)(?:, owner ([0-9a-f]+))?\)/;

/** What an ownership mark says. */
export interface Mark {
  /** Key of the item. */
  key: string;
  /** The resource that owns the object, see `ownerOf`; undefined when no resource owns it yet. */
  owner?: string | undefined;
}

const markOf = ({ kind, key }: Pick<ContentItem, 'kind' | 'key'>, owner: string | undefined) =>
  `Managed by valence-datadog-forwarder (${kind}/${key}${owner ? `, owner ${owner}` : ''}): a deployment overwrites what is edited here; clone it to keep your own.`;

const KEPT =
  'No longer managed by valence-datadog-forwarder, which could not delete it, because something else in Datadog refers to it.';

function withSentence({ kind, body }: ContentItem, sentence: string): JsonObject {
  const note = noteOf(kind, body);
  return { ...body, [KINDS[kind].markField]: note ? `${note}\n\n${sentence}` : sentence };
}

/**
 * The body of an item with its ownership mark, as it is sent to Datadog.
 * @param owner the resource that owns it; undefined for a mark without an owner
 */
export const withMark = (item: ContentItem, owner?: string): JsonObject =>
  withSentence(item, markOf(item, owner));

/** The body of an item that is left to the user, who finds the reason in the place of the mark. */
export const withFarewell = (item: ContentItem): JsonObject => withSentence(item, KEPT);

/** The ownership mark of something found in Datadog; undefined when it is not ours. */
export function markIn(kind: ContentKind, found: JsonObject): Mark | undefined {
  const [, markedKind, key, owner] = MARK.exec(noteOf(kind, found)) ?? [];
  return markedKind === kind && key !== undefined ? { key, owner } : undefined;
}
