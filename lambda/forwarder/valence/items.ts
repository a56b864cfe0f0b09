import { isLosslessNumber } from 'lossless-json';
import { canonicalJson } from '../core/canonical-json.ts';
import type { JsonObject } from '../core/json.ts';
import { valueAt } from './dotted-path.ts';
import { profileMismatch } from './source-errors.ts';

/** Names of fields that a message may show: nothing that could be data used as a key. */
const PLAIN_NAME = /^[A-Za-z_][\w-]{0,39}$/;
const MAX_SHOWN_PATHS = 5;

/**
 * The records of a page.
 * @param body the parsed answer
 * @param itemsPath where the list stands; empty when the body is the list
 * @throws {SourceError} when there is no list of objects: that is never taken for "no records"
 */
export function itemsOf(body: unknown, itemsPath: string, place: string): JsonObject[] {
  const items = valueAt(body, itemsPath);
  if (!Array.isArray(items)) {
    const where = itemsPath === '' ? 'the body itself' : `"${itemsPath}"`;
    throw mismatch(`The answer to ${place} holds no list at ${where}: ${outline(body)}.`);
  }
  if (!items.every(isObject)) {
    throw mismatch(`The list in the answer to ${place} holds something that is not an object.`);
  }
  return items;
}

const mismatch = (what: string) => profileMismatch('source-shape', 'itemsPath', what);

const isObject = (item: unknown): item is JsonObject =>
  item !== null && typeof item === 'object' && !Array.isArray(item) && !isLosslessNumber(item);

/** Where a body does hold lists, so that a wrong profile can be put right: names of such fields, never values. */
function outline(body: unknown): string {
  if (Array.isArray(body)) return 'the body itself is a list';
  const lists = isObject(body) ? listPaths(body) : [];
  return lists.length === 0 ? 'it holds none at all' : `there is one at ${lists.join(', ')}`;
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

/**
 * Whether two pages hold the same records in the same order. Pages nearly always differ in their first record, so the
 * rest of a page is only looked at when that one is the same.
 */
export const isSamePage = (items: readonly unknown[], others: readonly unknown[]): boolean =>
  items.length === others.length &&
  textOf(items[0]) === textOf(others[0]) &&
  textOf(items) === textOf(others);

/** Whether all records are alike, as several sign-ins within one second may be: such pages may follow each other. */
export function isUniform(items: readonly unknown[]): boolean {
  const first = textOf(items[0]);
  return items.length > 1 && items.every((item) => textOf(item) === first);
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    // Thousands of levels: only this one does without recursion.
    return canonicalJson(value);
  }
}
