import { isObject, type JsonObject } from '../../../lambda/shared/json.ts';

/** Dotted paths into the attributes of a log, as Datadog's processors and queries read them. */

function child(value: unknown, key: string): unknown {
  const holdsKey = isObject(value) || (Array.isArray(value) && /^\d+$/.test(key));
  return holdsKey && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

/** The value at a path, of which a numeric step is an index of an array; undefined when there is none, or null. */
export function valueAt(attributes: JsonObject, path: string): unknown {
  return path.split('.').reduce<unknown>(child, attributes) ?? undefined;
}

/** Every plain value at a path that goes through each element of an array: `alert.events.ip` are the IPs of all events. */
export function plainValuesAt(attributes: JsonObject, path: string): (string | number | boolean)[] {
  let values: unknown[] = [attributes];
  for (const key of path.split('.')) {
    // Most logs lack most paths.
    if (values.length === 0) return [];
    const next: unknown[] = [];
    for (const value of values) {
      const direct = child(value, key);
      if (direct !== undefined) next.push(direct);
      else if (Array.isArray(value)) next.push(...value.map((item) => child(item, key)));
    }
    values = next;
  }
  return values
    .flat()
    .filter((value) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean');
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
