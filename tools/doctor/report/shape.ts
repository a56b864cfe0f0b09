import { isLosslessNumber } from 'lossless-json';
import { isObject } from '../../../lambda/shared/json.ts';

/**
 * The shape of JSON without its values: what may leave a tenant. Names of fields are kept only where they are the API's own:
 * an object whose names are data, such as a map by user, has one entry named `*`.
 */
export type Shape =
  /** Kinds of a value, such as `text` or `null`, more than one with `|` between them. */
  | string
  | { object: Readonly<Record<string, Shape>> }
  /** How many elements a list has, and the shape of all of them together. */
  | { list: number; of: Shape };

const MAX_DEPTH = 8;

/** Names that an API gives to fields. Anything else may be data. */
const FIELD_NAME = /^[@$]?[A-Za-z_][\w-]{0,39}$/;
/** Numbers within a name come from data. */
const NUMBERED = /\d{3,}/;

/** An object with so many fields of one kind is a map. */
const MAP_SIZE = 4;

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?/;
const DIGITS = /^\d+$/;

/** The lower bounds of epoch times since 2001, in seconds and smaller units. */
const EPOCHS = [
  ['epoch-ns', 1e18],
  ['epoch-us', 1e15],
  ['epoch-ms', 1e12],
  ['epoch-s', 1e9],
] as const;

const numberKind = (value: number): string => {
  const epoch = EPOCHS.find(([, least]) => value >= least && value < least * 4)?.[0];
  return epoch ?? (Number.isInteger(value) ? 'integer' : 'number');
};

function textKind(value: string): string {
  if (value === '') return 'empty-text';
  if (/\[[\w+/-]+\]$/.test(value) && DATE.test(value)) return 'date-with-zone-name';
  if (DATE.test(value)) return /\.\d+/.test(value) ? 'date' : 'date-in-seconds';
  if (DIGITS.test(value)) return `text-of-${numberKind(Number(value))}`;
  if (/^https?:\/\//i.test(value)) return 'absolute-url';
  return /^[/?]\S*[=/?]/.test(value) ? 'relative-url' : 'text';
}

/** What kind a value is that is neither object nor list. */
export function kindOf(value: unknown): string {
  if (isLosslessNumber(value)) return numberKind(Number(value.value));
  switch (typeof value) {
    case 'string':
      return textKind(value);
    case 'number':
      return numberKind(value);
    case 'boolean':
      return String(value);
    default:
      return 'null';
  }
}

/** What was seen at one place of all values together. */
interface Seen {
  kinds: Set<string>;
  /** How many objects, and in how many of them each field. */
  objects: number;
  fields: Map<string, { count: number; seen: Seen }>;
  isList: boolean;
  longest: number;
  elements: Seen | undefined;
}

const nothingSeen = (): Seen => ({
  kinds: new Set(),
  objects: 0,
  fields: new Map(),
  isList: false,
  longest: 0,
  elements: undefined,
});

function look(value: unknown, seen: Seen, depth: number): void {
  if (isLosslessNumber(value) || (typeof value !== 'object' && value !== undefined) || value === null) {
    seen.kinds.add(kindOf(value));
  } else if (depth > MAX_DEPTH) {
    seen.kinds.add('deeper');
  } else if (Array.isArray(value)) {
    seen.isList = true;
    seen.longest = Math.max(seen.longest, value.length);
    seen.elements ??= nothingSeen();
    for (const element of value) look(element, seen.elements, depth + 1);
  } else if (isObject(value)) {
    seen.objects++;
    for (const [name, inner] of Object.entries(value)) {
      const field = seen.fields.get(name) ?? { count: 0, seen: nothingSeen() };
      field.count++;
      look(inner, field.seen, depth + 1);
      seen.fields.set(name, field);
    }
  }
}

/** Where a value is: next to the records, a record itself, or within one. */
type Place = 'envelope' | 'record' | 'within';

/** So many objects must have a name within records before it is taken for the API's own. */
const MIN_SEEN = 3;

const isOwnName = (name: string, count: number, { objects }: Seen, place: Place): boolean =>
  FIELD_NAME.test(name) &&
  !NUMBERED.test(name) &&
  (place !== 'within' || (count >= MIN_SEEN && count * 2 >= objects));

function shapeOfSeen(seen: Seen, place: Place): Shape {
  if (seen.objects > 0) {
    const inner: Place = place === 'envelope' ? 'envelope' : 'within';
    const fields = [...seen.fields].map(([name, { count, seen: field }]) => ({
      name: isOwnName(name, count, seen, place) ? name : '*',
      shape: shapeOfSeen(field, inner),
    }));
    const shapes = new Set(fields.map(({ shape }) => JSON.stringify(shape)));
    const isMap = fields.length >= MAP_SIZE && shapes.size === 1 && typeof fields[0]?.shape === 'object';
    return {
      object: Object.fromEntries(fields.map(({ name, shape }) => [isMap ? '*' : name, shape])),
    };
  }
  if (seen.isList) {
    const elements = seen.elements ?? nothingSeen();
    return { list: seen.longest, of: shapeOfSeen(elements, place === 'envelope' ? 'record' : 'within') };
  }
  // A boolean next to the records is about their list, one in a record is data.
  const kinds = [...seen.kinds].map((kind) =>
    place !== 'envelope' && (kind === 'true' || kind === 'false') ? 'boolean' : kind,
  );
  return [...new Set(kinds)].sort().join('|') || 'nothing';
}

/** The shape of a value. */
export function shapeOf(value: unknown): Shape {
  const seen = nothingSeen();
  look(value, seen, 0);
  return shapeOfSeen(seen, 'envelope');
}
