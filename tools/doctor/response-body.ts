import { valueAt } from '../../lambda/forwarder/valence/dotted-path.ts';
import type { EndpointProfile } from '../../lambda/settings/api-profile.ts';
import { isObject, type JsonObject } from '../../lambda/shared/json.ts';
import type { Reply } from './requests.ts';

/** Finds records and cursors in the body of an answer whose shape is not known. */

const MAX_DEPTH = 3;

const isRecordList = (value: unknown): value is JsonObject[] => Array.isArray(value) && value.every(isObject);

/** The records at a path, or undefined when there is no list of objects. */
export function recordsAt(body: unknown, path: string): JsonObject[] | undefined {
  const value = valueAt(body, path);
  return isRecordList(value) ? value : undefined;
}

/** The records of an answer by a profile's path; none when there is no answer. */
export const recordsIn = ({ answer }: Reply, { itemsPath }: EndpointProfile): JsonObject[] =>
  (answer && recordsAt(answer.body, itemsPath)) ?? [];

/** Every value of the objects of a body, lists not entered, by dotted path. */
function* values(body: unknown, path: string[] = []): Generator<[path: string, value: unknown]> {
  if (path.length > 0) yield [path.join('.'), body];
  if (!isObject(body) || path.length === MAX_DEPTH) return;
  for (const [name, value] of Object.entries(body)) {
    // A dotted path cannot express it.
    if (name !== '' && !name.includes('.')) yield* values(value, [...path, name]);
  }
}

/** Dotted paths of all lists of objects, the longest list first; an empty path is the body itself. */
export function recordLists(body: unknown): string[] {
  if (isRecordList(body)) return [''];
  return [...values(body)]
    .filter((entry): entry is [string, JsonObject[]] => isRecordList(entry[1]))
    .sort(([, one], [, other]) => other.length - one.length)
    .map(([path]) => path);
}

const CURSOR_NAME = /cursor|next|token|after|continu|scroll/i;

/** Dotted paths of texts and numbers that may be the cursor of the next page. */
export const cursorPaths = (body: unknown): string[] =>
  [...values(body)]
    .filter(
      ([path, value]) =>
        CURSOR_NAME.test(path.split('.').at(-1) ?? '') &&
        ((typeof value === 'string' && value !== '') || typeof value === 'number'),
    )
    .map(([path]) => path);

/** Whether two pages hold the same records in the same order. */
export const isSamePage = (one: readonly JsonObject[], other: readonly JsonObject[]): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
