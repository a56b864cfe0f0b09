import * as z from 'zod';
import { editDistance } from '../lambda/shared/edit-distance.ts';

const MAX_EDITS = 2;
/** One letter more may be wrong for each so many. */
const LETTERS_PER_EDIT = 5;
/** Shorter words are a part of too many others. */
const MIN_PART_LENGTH = 3;

/** `DATADOG_SITE`, `datadog-site` and `datadogSite` are one word. */
export const folded = (word: string) => word.toLowerCase().replaceAll(/[-_]/g, '');

const isPart = (part: string, word: string) => part.length >= MIN_PART_LENGTH && word.includes(part);

const beginsOrEnds = (part: string, word: string) =>
  part.length >= MIN_PART_LENGTH && (word.startsWith(part) || word.endsWith(part));

/**
 * The known word that a user may have meant: two letters off, or one of five, or a part of it (`site` for `datadogSite`, `kmsKey` for
 * `kmsKeyArn`), or its beginning or end (`redaction` for `redact`, `valenceRegion` for `region`). Case, `-` and `_` do not count.
 * @returns undefined when no known word is near
 */
export function suggest(word: string, known: readonly string[]): string | undefined {
  const candidates = known
    .map((name) => ({ name, edits: editDistance(folded(word), folded(name)) }))
    .sort((a, b) => a.edits - b.edits);
  const near = candidates.find(
    (candidate) =>
      candidate.edits <= Math.max(MAX_EDITS, Math.floor(word.length / LETTERS_PER_EDIT)) ||
      isPart(folded(word), folded(candidate.name)) ||
      beginsOrEnds(folded(candidate.name), folded(word)),
  );
  return near?.name;
}

/** The schema within its wrappers, such as a reader of JSON. */
function inner(schema: unknown): unknown {
  if (schema instanceof z.ZodPipe) return inner(schema.in instanceof z.ZodTransform ? schema.out : schema.in);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault)
    return inner(schema.unwrap());
  return schema;
}

/** The key that a user may have meant within a setting: `path` for `pth` in `valenceApi.alerts`. */
export function suggestWithin(
  schema: z.ZodObject,
  path: readonly PropertyKey[],
  key: string,
): string | undefined {
  const place = path.reduce<unknown>((at, step) => {
    const object = inner(at);
    return object instanceof z.ZodObject ? object.shape[String(step)] : undefined;
  }, schema);
  const object = inner(place);
  return object instanceof z.ZodObject ? suggest(key, Object.keys(object.shape)) : undefined;
}
