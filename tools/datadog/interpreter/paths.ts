import { isObject, type JsonObject } from '../../../lambda/shared/json.ts';

/** Dotted paths into the attributes of a log, as Datadog's processors and queries read them. */

/** A log holds what JSON holds. Every path of every search is read with this, so that it asks as little as possible. */
function child(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value) && !/^\d+$/.test(key)) return undefined;
  return Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined;
}

const knownSteps = new Map<string, readonly string[]>();

/** The steps of a path. Processors name few paths, and read each in every log. */
function stepsOf(path: string): readonly string[] {
  const steps = knownSteps.get(path) ?? path.split('.');
  knownSteps.set(path, steps);
  return steps;
}

/** The value at a path, of which a numeric step is an index of an array; undefined when there is none, or null. */
export function valueAt(attributes: JsonObject, path: string): unknown {
  let value: unknown = attributes;
  for (const step of stepsOf(path)) {
    value = child(value, step);
    if (value === undefined) return undefined;
  }
  return value ?? undefined;
}

type Plain = string | number | boolean;

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

type PlainReader = (attributes: JsonObject) => Plain[];

const knownReaders = new Map<string, PlainReader>();

/**
 * Every plain value at a path that goes through each element of an array: `alert.events.ip` are the IPs of all events.
 * @param path of the content, so that there are few
 */
export function plainValuesAt(attributes: JsonObject, path: string): Plain[] {
  const read = knownReaders.get(path) ?? plainValuesReader(path);
  knownReaders.set(path, read);
  return read(attributes);
}

/** Prepares {@link plainValuesAt} of one path for many logs. */
export function plainValuesReader(path: string): PlainReader {
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
  const steps = stepsOf(path);
  const last = steps.length - 1;
  let parent = attributes;
  for (let index = 0; index < last; index++) {
    const step = steps[index] as string;
    if (!Object.hasOwn(parent, step)) parent[step] = {};
    const next = parent[step];
    if (!isObject(next)) return;
    parent = next;
  }
  parent[steps[last] as string] = value;
}

/** Removes the value at a path, and the objects along it that become empty. */
export const removeAt = (attributes: JsonObject, path: string): void =>
  removeBelow(attributes, stepsOf(path), 0);

function removeBelow(attributes: JsonObject, steps: readonly string[], index: number): void {
  const step = steps[index] as string;
  // To delete what is not there would make the object slow to read.
  if (!Object.hasOwn(attributes, step)) return;
  if (index < steps.length - 1) {
    const inner = attributes[step];
    if (!isObject(inner)) return;
    removeBelow(inner, steps, index + 1);
    if (Object.keys(inner).length > 0) return;
  }
  delete attributes[step];
}
