import { isObject, type JsonObject } from '../../../lambda/shared/json.ts';

/** Dotted paths into the attributes of a log, as Datadog's processors and queries read them. */

/** A log holds what JSON holds. Every path of every search is read with this, so that it asks as little as possible. */
function child(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value) && !/^\d+$/.test(key)) return undefined;
  return Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined;
}

/** The value at a path, of which a numeric step is an index of an array; undefined when there is none, or null. */
export function valueAt(attributes: JsonObject, path: string): unknown {
  return path.split('.').reduce<unknown>(child, attributes) ?? undefined;
}

type Plain = string | number | boolean;

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** Every plain value at a path that goes through each element of an array: `alert.events.ip` are the IPs of all events. */
export const plainValuesAt = (attributes: JsonObject, path: string): Plain[] =>
  plainValuesReader(path)(attributes);

/** Prepares {@link plainValuesAt} of one path for many logs. */
export function plainValuesReader(path: string): (attributes: JsonObject) => Plain[] {
  const steps = path.split('.');
  return (attributes) => {
    let value: unknown = attributes;
    for (let index = 0; index < steps.length; index++) {
      if (Array.isArray(value)) return valuesInside(value, steps.slice(index));
      value = child(value, steps[index] as string);
      // Most logs lack most paths.
      if (value === undefined) return [];
    }
    if (Array.isArray(value)) return value.filter(isPlain);
    return isPlain(value) ? [value] : [];
  };
}

/** The same for what is inside an array, of which a numeric step is an index. */
function valuesInside(array: readonly unknown[], steps: readonly string[]): Plain[] {
  let values: unknown[] = [array];
  for (const key of steps) {
    const next: unknown[] = [];
    for (const value of values) {
      const direct = child(value, key);
      if (direct !== undefined) next.push(direct);
      else if (Array.isArray(value)) next.push(...value.map((item) => child(item, key)));
    }
    values = next;
  }
  return values.flat().filter(isPlain);
}

/** Sets the value at a path and creates the objects along it. If one of them is a plain value, nothing is set. */
export function setAt(attributes: JsonObject, path: string, value: unknown): void {
  const steps = path.split('.');
  const last = steps.pop() as string;
  let parent = attributes;
  for (const step of steps) {
    if (!Object.hasOwn(parent, step)) parent[step] = {};
    const next = parent[step];
    if (!isObject(next)) return;
    parent = next;
  }
  parent[last] = value;
}

/** Removes the value at a path, and the objects along it that become empty. */
export function removeAt(attributes: JsonObject, path: string): void {
  const [head, ...rest] = path.split('.') as [string, ...string[]];
  if (rest.length > 0) {
    const inner = attributes[head];
    if (!isObject(inner)) return;
    removeAt(inner, rest.join('.'));
    if (Object.keys(inner).length > 0) return;
  }
  delete attributes[head];
}
