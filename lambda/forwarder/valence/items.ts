import type { SourceError } from '../../shared/errors.ts';
import { isObject, type JsonObject } from '../../shared/json.ts';
import { type RecordList, Unreadable } from '../core/memory/pages.ts';
import { canonicalJson } from '../core/records/canonical-json.ts';
import type { PageRecords } from './page-text.ts';
import { profileMismatch } from './source-errors.ts';

/** Names of fields that a message may show: nothing that could be data used as a key. */
const PLAIN_NAME = /^[A-Za-z_][\w-]{0,39}$/;
const MAX_SHOWN_PATHS = 5;

/** The error for a body without a list at the place that the profile names. It never counts as "no records". */
export function noRecords(body: unknown, itemsPath: string, place: string): SourceError {
  const where = itemsPath === '' ? 'the body itself' : `"${itemsPath}"`;
  return mismatch(`The answer to ${place} has no list at ${where}: ${outline(body)}.`);
}

/**
 * The error of a page with at least two elements, none of which holds a record: then the profile is wrong, and not the elements.
 * @param itemPath of the profile
 * @returns undefined for every other page
 */
export function noneReadable(
  records: RecordList,
  itemPath: string | null,
  place: string,
): SourceError | undefined {
  if (records.length < 2) return undefined;
  for (const record of records) if (!(record instanceof Unreadable)) return undefined;
  const what = `None of the ${records.length} elements of the list in the answer to ${place}`;
  return itemPath === null
    ? mismatch(`${what} is a JSON object.`)
    : profileMismatch('source-shape', 'itemPath', `${what} holds a JSON object at "${itemPath}".`);
}

const mismatch = (what: string) => profileMismatch('source-shape', 'itemsPath', what);

/** Where a body does hold lists, so that the user can correct the profile: names of such fields, never values. */
function outline(body: unknown): string {
  if (Array.isArray(body)) return 'the body itself is a list';
  const lists = isObject(body) ? listPaths(body) : [];
  return lists.length === 0 ? 'it has no list at all' : `there is one at ${lists.join(', ')}`;
}

/** Dotted paths of the lists of an object and of the objects in it. */
const listPaths = (body: JsonObject): string[] =>
  fieldsOf(body)
    .flatMap(([name, value]): [string, unknown][] => [
      [name, value],
      ...(isObject(value)
        ? fieldsOf(value).map(([inner, item]): [string, unknown] => [`${name}.${inner}`, item])
        : []),
    ])
    .filter(([, value]) => Array.isArray(value))
    .map(([path]) => path)
    .slice(0, MAX_SHOWN_PATHS);

const fieldsOf = (value: JsonObject) => Object.entries(value).filter(([name]) => PLAIN_NAME.test(name));

/** Whether two pages hold the same records in the same order, compared by their text. */
export const isSamePage = (records: PageRecords, others: PageRecords | undefined): boolean =>
  others?.text.equals(records.text) ?? false;

/** Whether all records are alike, as several sign-ins within one second may be: such pages may follow each other. */
export function isUniform(records: PageRecords): boolean {
  if (records.length < 2 || records.at(0) instanceof Unreadable) return false;
  const first = canonicalJson(records.at(0));
  return [...records].every((record) => canonicalJson(record) === first);
}

/** The last record of a page, passing over elements that hold none. */
export function lastRecordOf(records: RecordList): JsonObject | undefined {
  for (let index = records.length - 1; index >= 0; index--) {
    const record = records.at(index);
    if (!(record instanceof Unreadable)) return record;
  }
  return undefined;
}
