import { isLosslessNumber } from 'lossless-json';

/**
 * Canonical JSON of a value, with measures that are taken while it is written.
 *
 * A class and not a literal, for the reason given in memory/README.md.
 */
export class Canonical {
  text = '';
  /** Keys of all objects in it. */
  attributes = 0;
  /** Elements of all lists in it. */
  elements = 0;
  /** Levels of objects and lists below the value itself. */
  levels = 0;
  /** Characters of its longest key. */
  longestKey = 0;
  /** Where in the text its own field `events` is; empty if it has none. */
  eventsStart = 0;
  eventsEnd = 0;

  /** The text of its own field `events`. Writing that field once more would take as long as the record. */
  get events(): string {
    return this.text.slice(this.eventsStart, this.eventsEnd);
  }
}

/** What is measured while a text is written. */
type Measures = Omit<Canonical, 'text' | 'events'>;

/** The keys of objects of one shape, put into canonical order. */
interface KeyOrder {
  given: readonly string[];
  /** Index of each key, in canonical order, among the given ones. */
  places: readonly number[];
  /** The text before the value of each key, in canonical order. */
  labels: readonly string[];
  longest: number;
  /** Place of the key `events` in canonical order; -1 if there is none. */
  events: number;
}

/** Records come in few shapes; sorting and quoting their keys once saves most of the work. */
const keyOrders = new Map<string, KeyOrder>();
const MAX_KEY_ORDERS = 1000;

/** Keys of all orders that are kept: each takes 50 to 150 bytes, for the life of the process. */
const MAX_KEPT_KEYS = 100_000;
let keptKeys = 0;

/** Orders of longer keys are not kept: a hostile record has megabytes of them, and each one may have others. */
const MAX_KEPT_CHARACTERS = 4000;

/** The last order used, by number of keys: records of one shape follow each other. */
const latest: (KeyOrder | undefined)[] = [];

function isFor(keys: readonly string[], order: KeyOrder | undefined): order is KeyOrder {
  if (order?.given.length !== keys.length) return false;
  for (let index = 0; index < keys.length; index++) {
    if (order.given[index] !== keys[index]) return false;
  }
  return true;
}

function keyOrderOf(keys: string[]): KeyOrder {
  const last = keys.length < MAX_KEY_ORDERS ? latest[keys.length] : undefined;
  if (isFor(keys, last)) return last;
  const name = keys.join();
  if (name.length > MAX_KEPT_CHARACTERS) return makeKeyOrder(keys);
  const order = findKeyOrder(keys, name);
  if (keys.length < MAX_KEY_ORDERS) latest[keys.length] = order;
  return order;
}

function findKeyOrder(keys: string[], name: string): KeyOrder {
  const known = keyOrders.get(name);
  // Keys may hold the separator, so the name alone proves nothing.
  if (isFor(keys, known)) return known;
  const order = makeKeyOrder(keys);
  if (keyOrders.size >= MAX_KEY_ORDERS || keptKeys + keys.length > MAX_KEPT_KEYS) forgetKeyOrders();
  keyOrders.set(name, order);
  keptKeys += keys.length;
  return order;
}

function forgetKeyOrders(): void {
  keyOrders.clear();
  latest.length = 0;
  keptKeys = 0;
}

function makeKeyOrder(keys: string[]): KeyOrder {
  const inOrder = keys.map((key, place) => ({ key, place })).sort((a, b) => (a.key < b.key ? -1 : 1));
  return {
    given: keys,
    places: inOrder.map(({ place }) => place),
    labels: inOrder.map(({ key }, index) => `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`),
    // Not by Math.max: a call takes no more arguments than the stack has room for.
    longest: keys.reduce((longest, key) => Math.max(longest, key.length), 0),
    events: inOrder.findIndex(({ key }) => key === 'events'),
  };
}

/** What may have to be escaped in a JSON string. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

/** The JSON text of a value that is neither an object nor a list. */
export function scalarText(value: unknown): string {
  if (typeof value === 'string') return NEEDS_ESCAPE.test(value) ? JSON.stringify(value) : `"${value}"`;
  return JSON.stringify(value) ?? 'null';
}

/** Deeper values are written without recursion, so that hostile nesting cannot overflow the stack. */
const MAX_RECURSION = 64;

function write(value: unknown, level: number, measures: Measures): string {
  if (value === null || typeof value !== 'object') return scalarText(value);
  if (isLosslessNumber(value)) return value.value;
  if (level > measures.levels) measures.levels = level;
  if (level > MAX_RECURSION) return writeDeep(value, measures);
  if (Array.isArray(value)) {
    measures.elements += value.length;
    return `[${value.map((item) => write(item, level + 1, measures)).join()}]`;
  }
  const { places, labels, longest, events } = keyOrderOf(Object.keys(value));
  if (places.length === 0) return '{}';
  measures.attributes += places.length;
  if (longest > measures.longestKey) measures.longestKey = longest;
  const values: unknown[] = Object.values(value);
  let text = '';
  for (let index = 0; index < places.length; index++) {
    const field = write(values[places[index] as number], level + 1, measures);
    text += labels[index];
    if (level === 0 && index === events) {
      // Not the text itself: the parts it was put together from would stay in memory.
      measures.eventsStart = text.length;
      measures.eventsEnd = text.length + field.length;
    }
    text += field;
  }
  return `${text}}`;
}

interface Frame {
  container: object;
  /** Sorted keys of an object, undefined for a list. */
  keys: readonly string[] | undefined;
  size: number;
  next: number;
}

function writeDeep(value: object, measures: Measures): string {
  let text = '';
  const open: Frame[] = [];

  const begin = (item: unknown) => {
    if (item === null || typeof item !== 'object') {
      text += scalarText(item);
    } else if (Array.isArray(item)) {
      text += '[';
      measures.elements += item.length;
      open.push({ container: item, keys: undefined, size: item.length, next: 0 });
    } else if (isLosslessNumber(item)) {
      text += item.value;
    } else {
      const keys = Object.keys(item).sort();
      measures.attributes += keys.length;
      text += '{';
      open.push({ container: item, keys, size: keys.length, next: 0 });
    }
  };

  begin(value);
  for (let frame = open.at(-1); frame; frame = open.at(-1)) {
    const index = frame.next++;
    if (index === frame.size) {
      text += frame.keys ? '}' : ']';
      open.pop();
      continue;
    }
    if (index > 0) text += ',';
    const key = frame.keys?.[index];
    if (key !== undefined) text += `${JSON.stringify(key)}:`;
    begin(Reflect.get(frame.container, key ?? index));
  }
  return text;
}

/**
 * JSON text that is the same for the same content: keys sorted by code unit, no white space, numbers by their own text
 * (a LosslessNumber keeps every digit).
 * @param value anything that JSON can hold, however deep
 */
export function canonicalForm(value: unknown): Canonical {
  const form = new Canonical();
  form.text = write(value, 0, form);
  return form;
}

/** The text of {@link canonicalForm}. */
export const canonicalJson = (value: unknown): string => canonicalForm(value).text;
