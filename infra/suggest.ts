import * as z from 'zod/mini';
import { folded, nearWord } from '../lambda/shared/near-word.ts';

/** Shorter words are a part of too many others. */
const MIN_PART_LENGTH = 3;

const isPart = (part: string, word: string) => part.length >= MIN_PART_LENGTH && word.includes(part);

const beginsOrEnds = (part: string, word: string) =>
  part.length >= MIN_PART_LENGTH && (word.startsWith(part) || word.endsWith(part));

/**
 * The known word that a user may have meant: a few letters off, or a part of it (`site` for `datadogSite`, `kmsKey` for
 * `kmsKeyArn`), or its beginning or end (`redaction` for `redact`, `valenceRegion` for `region`). Case, `-` and `_` do not count.
 * @returns undefined when no known word is near
 */
export function suggest(word: string, known: readonly string[]): string | undefined {
  const text = folded(word);
  const distance = (name: string) => Math.abs(folded(name).length - text.length);
  const related = known.filter((name) => isPart(text, folded(name)) || beginsOrEnds(folded(name), text));
  const [nearest] = related.sort((one, other) => distance(one) - distance(other));
  return nearWord(word, known) ?? nearest;
}

/** The schema within its wrappers, such as a reader of JSON. */
function inner(schema: unknown): unknown {
  if (schema instanceof z.ZodMiniPipe)
    return inner(schema.def.in instanceof z.ZodMiniTransform ? schema.def.out : schema.def.in);
  if (
    schema instanceof z.ZodMiniOptional ||
    schema instanceof z.ZodMiniPrefault ||
    schema instanceof z.ZodMiniDefault
  )
    return inner(schema.def.innerType);
  return schema;
}

/** The key that a user may have meant within a setting: `path` for `pth` in `valenceApi.alerts`. */
export function suggestWithin(
  schema: z.ZodMiniObject,
  path: readonly PropertyKey[],
  key: string,
): string | undefined {
  const place = path.reduce<unknown>((at, step) => {
    const object = inner(at);
    return object instanceof z.ZodMiniObject ? object.shape[String(step)] : undefined;
  }, schema);
  const object = inner(place);
  return object instanceof z.ZodMiniObject ? suggest(key, Object.keys(object.shape)) : undefined;
}
