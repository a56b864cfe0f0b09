import { canonicalJson } from './canonical-json.ts';

/** Changes of a value along a dotted path that goes through the elements of lists. What needs no change is the same value. */

/**
 * A value without one field.
 * @param path the field, split at its dots
 */
export const withoutField = (value: unknown, path: readonly string[]): unknown =>
  changedAt(value, path, () => undefined);

/**
 * A value with one list in the order of its elements' canonical JSON.
 * @param path the list, split at its dots
 */
export const withSortedList = (value: unknown, path: readonly string[]): unknown =>
  changedAt(value, path, (list) => (Array.isArray(list) ? sorted(list) : list));

function sorted(list: readonly unknown[]): readonly unknown[] {
  if (list.length < 2) return list;
  const elements = list.map((element) => ({ element, text: canonicalJson(element) }));
  const isSorted = elements.every(
    ({ text }, index) => index === 0 || (elements[index - 1]?.text ?? '') <= text,
  );
  if (isSorted) return list;
  return elements.sort((a, b) => (a.text < b.text ? -1 : 1)).map(({ element }) => element);
}

/** @param change returns the new value of the field, undefined to remove it */
function changedAt(value: unknown, path: readonly string[], change: (field: unknown) => unknown): unknown {
  const [head, ...rest] = path;
  if (value === null || typeof value !== 'object' || head === undefined) return value;
  if (Array.isArray(value)) {
    // Lists within lists contain no field, and hostile ones are thousands of levels deep.
    const items = value.map((item) => (Array.isArray(item) ? item : changedAt(item, path, change)));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!Object.hasOwn(value, head)) return value;
  const field: unknown = Reflect.get(value, head);
  const changed = rest.length === 0 ? change(field) : changedAt(field, rest, change);
  if (changed === field) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      if (key !== head) return [[key, item]];
      return changed === undefined ? [] : [[key, changed]];
    }),
  );
}
