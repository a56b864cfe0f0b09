import type { JsonObject } from '../shared/json.ts';
import type { ContentItem, ContentKind } from './content-item.ts';
import { KINDS, noteOf } from './kinds.ts';

/**
 * The ownership mark: a sentence for users of Datadog, by which the installer recognises its items. It names the item, so
 * that items cannot be confused. An object without it is never changed or deleted; a user who removes it takes the object
 * over.
 */
const MARK = /Managed by valence-datadog-forwarder \((\w+)\/([\w-]+)\)/;

const markOf = ({ kind, key }: Pick<ContentItem, 'kind' | 'key'>) =>
  `Managed by valence-datadog-forwarder (${kind}/${key}): a deployment overwrites what is edited here; clone it to keep your own.`;

/** The body of an item with its ownership mark, as it is sent to Datadog. */
export function withMark(item: ContentItem): JsonObject {
  const note = noteOf(item.kind, item.body);
  const mark = markOf(item);
  return { ...item.body, [KINDS[item.kind].markField]: note ? `${note}\n\n${mark}` : mark };
}

/** The key that the ownership mark of something found in Datadog names; undefined when it is not ours. */
export function markedKey(kind: ContentKind, found: JsonObject): string | undefined {
  const [, markedKind, key] = MARK.exec(noteOf(kind, found)) ?? [];
  return markedKind === kind ? key : undefined;
}
