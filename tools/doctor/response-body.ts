import type { EndpointName, EndpointProfile } from '../../lambda/settings/api-profile.ts';
import { valueAt } from '../../lambda/shared/dotted-path.ts';
import { isObject, type JsonObject } from '../../lambda/shared/json.ts';
import { LIST_NAMES } from './candidates.ts';
import { isPlainName } from './plain.ts';

/** Finds records and cursors in the body of an answer whose shape is not known. */

const MAX_DEPTH = 3;

type ListPlace = Pick<EndpointProfile, 'itemsPath' | 'itemPath'>;

/** Fields by which the records of an endpoint are known. Source: Valence's public connectors. */
export const KNOWN_FIELDS: Readonly<Record<EndpointName, readonly string[]>> = {
  alerts: ['creationTimestamp', 'vuid', 'alertType', 'alertTypeVuid'],
  auditLogs: ['timeEpoch', 'actor', 'action'],
  alertTypes: ['vuid', 'severity', 'name'],
};

/** The records at a place, or undefined when there is no list of objects. A null in place of the list is an empty one. */
export function recordsAt(body: unknown, { itemsPath, itemPath }: ListPlace): JsonObject[] | undefined {
  const list = valueAt(body, itemsPath);
  if (list === null && itemsPath !== '') return [];
  if (!Array.isArray(list)) return undefined;
  const records = itemPath === null ? list : list.map((element) => valueAt(element, itemPath));
  return records.every(isObject) ? records : undefined;
}

/** The records of an answer by a profile; none when there is no answer or no list. */
export const recordsIn = (
  { answer }: { answer?: { body: unknown } | undefined },
  profile: ListPlace,
): JsonObject[] => (answer && recordsAt(answer.body, profile)) ?? [];

/** Every value of the objects of a body, lists not entered, by dotted path. */
function* values(body: unknown, path: string[] = []): Generator<[path: string, value: unknown]> {
  if (path.length > 0) yield [path.join('.'), body];
  if (!isObject(body) || path.length === MAX_DEPTH) return;
  for (const [name, value] of Object.entries(body)) {
    // A dotted path cannot express a name with a dot.
    if (isPlainName(name) && !name.includes('.')) yield* values(value, [...path, name]);
  }
}

/** Dotted paths of all lists of objects; an empty path is the body itself. */
const listPaths = (body: unknown): string[] =>
  Array.isArray(body)
    ? [''].filter(() => body.every(isObject))
    : [...values(body)]
        .filter(([, value]) => Array.isArray(value) && value.every(isObject))
        .map(([path]) => path);

/** How much the elements of a list look like the records of an endpoint, from 0 to 1. */
function likeness(records: readonly unknown[], endpoint: EndpointName): number {
  if (records.length === 0) return 0;
  const fields = KNOWN_FIELDS[endpoint];
  const known = records.map(
    (record) => fields.filter((field) => isObject(record) && Object.hasOwn(record, field)).length,
  );
  return known.reduce((sum, count) => sum + count, 0) / (records.length * fields.length);
}

/** Paths of objects within the elements of a list. */
const innerPaths = (list: readonly unknown[]): string[] => [
  ...new Set(
    list
      .flatMap((element) => [...values(element)])
      .flatMap(([path, value]) => (isObject(value) ? [path] : [])),
  ),
];

/**
 * The list in a body that holds the records of an endpoint: the one that looks most like it, else the one with a common name,
 * else the longest.
 * @returns undefined when the body holds no list of objects
 */
export function findList(body: unknown, endpoint: EndpointName): ListPlace | undefined {
  const places = listPaths(body).flatMap((itemsPath) => {
    const list = valueAt(body, itemsPath) as unknown[];
    const inner = innerPaths(list).map((itemPath) => ({
      itemsPath,
      itemPath,
      likeness: likeness(
        list.map((element) => valueAt(element, itemPath)),
        endpoint,
      ),
      length: list.length,
    }));
    return [{ itemsPath, itemPath: null, likeness: likeness(list, endpoint), length: list.length }, ...inner];
  });
  const commonness = ({ itemsPath }: ListPlace) => {
    const index = LIST_NAMES.indexOf(itemsPath.split('.').at(-1) ?? '');
    return index === -1 ? LIST_NAMES.length : index;
  };
  const [best] = places.sort(
    (one, other) =>
      other.likeness - one.likeness ||
      Number(one.itemPath !== null) - Number(other.itemPath !== null) ||
      commonness(one) - commonness(other) ||
      other.length - one.length,
  );
  return best && { itemsPath: best.itemsPath, itemPath: best.itemPath };
}

/** Whether the records at a place look like those of the endpoint at all. */
export const looksRight = (records: readonly JsonObject[], endpoint: EndpointName): boolean =>
  records.length === 0 || likeness(records, endpoint) > 0;

const CURSOR_NAME = /cursor|next|token|after|continu|scroll|marker|bookmark/i;

const isUrl = (value: unknown): value is string =>
  typeof value === 'string' && /^(https?:\/\/|\/|\?)\S+$/i.test(value);

const isCursor = (value: unknown): boolean =>
  (typeof value === 'string' && value !== '' && !isUrl(value)) ||
  typeof value === 'number' ||
  (isObject(value) && Object.keys(value).length > 0);

const lastName = (path: string) => path.split('.').at(-1) ?? '';

/** Paths of values that may be the cursor of the next page: texts, numbers and objects. */
export const cursorPaths = (body: unknown): string[] =>
  Array.isArray(body)
    ? []
    : [...values(body)]
        .filter(([path, value]) => CURSOR_NAME.test(lastName(path)) && isCursor(value))
        .map(([path]) => path)
        // A field named like a cursor that holds the real one is no cursor itself.
        .sort((one, other) => Number(hasInner(body, one)) - Number(hasInner(body, other)));

const hasInner = (body: unknown, path: string): boolean =>
  [...values(valueAt(body, path))].some(
    ([inner, value]) => CURSOR_NAME.test(lastName(inner)) && isCursor(value),
  );

/** Headers that may hold the cursor of the next page. */
export const cursorHeaders = (headers: Readonly<Record<string, string>>): string[] =>
  Object.keys(headers).filter(
    (name) =>
      isPlainName(name) &&
      /next|cursor|continuation|page-?token/i.test(name) &&
      name !== 'link' &&
      !isUrl(headers[name]),
  );

/** Paths of values that may be the URL of the next page. */
export const urlPaths = (body: unknown): string[] =>
  [...values(body)].filter(([path, value]) => /next/i.test(path) && isUrl(value)).map(([path]) => path);

/** Paths of booleans, with their values. */
export const flagsIn = (body: unknown): ReadonlyMap<string, boolean> =>
  new Map([...values(body)].filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean'));

/** Paths and headers that hold a number. */
export function countsIn(
  body: unknown,
  headers: Readonly<Record<string, string>>,
): ReadonlyMap<string, number> {
  const inBody = [...values(body)].filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  const inHeaders = Object.entries(headers)
    .filter(([name, value]) => isPlainName(name) && /total|count/i.test(name) && /^\d+$/.test(value))
    .map(([name, value]): [string, number] => [`header:${name}`, Number(value)]);
  return new Map([...inBody, ...inHeaders]);
}
