import { isAscii } from 'node:buffer';
import { isObject, type JsonObject } from '../../shared/json.ts';
import { parseJsonText } from '../../shared/json-text.ts';
import type { RecordList } from '../core/memory/pages.ts';
import { canonicalJson } from '../core/records/canonical-json.ts';
import { valueAt } from './dotted-path.ts';
import { findList, type ListText, startOf } from './list-text.ts';

/** Replaces the list in the rest of the body. */
const LIST_PLACEHOLDER = '\u0000list';

/** The records of a page, with their text. */
export interface PageRecords extends RecordList {
  /** The list as it came. */
  readonly text: Buffer;
}

/** A page as it came. */
export interface PageText {
  /** The body; without the list of records if that could be kept as text. */
  body: unknown;
  /** Undefined when there is no such list, or when it contains an element that is not an object. */
  records: PageRecords | undefined;
}

interface PageReading {
  /** Where the list is; empty when the body is the list. */
  itemsPath: string;
  /** Where each element holds the record; null when it is the record. */
  itemPath?: string | null;
  /** Whether a body without the list holds an empty one. */
  itemsMayBeAbsent?: boolean;
  /** Whether the body is of use without the list. */
  apart: boolean;
  /** The error for a record that turns out to be no JSON. */
  malformed: () => Error;
}

/**
 * Reads a page and keeps its records as bytes until they are needed: thousands of waiting objects would cost the garbage
 * collector time. A list in an unusual place is parsed together with its body.
 * @throws {SyntaxError} when it is not JSON; its message quotes the text, so it must not be shown
 */
export function readPage(bytes: Buffer, reading: PageReading): PageText {
  const page = readElements(bytes, reading);
  const { itemPath = null, malformed } = reading;
  return page.records && itemPath !== null
    ? { body: page.body, records: new InnerRecords(page.records, itemPath, malformed) }
    : page;
}

function readElements(
  bytes: Buffer,
  { itemsPath, itemsMayBeAbsent = false, apart, malformed }: PageReading,
): PageText {
  const list = apart
    ? findList(bytes, itemsPath === '' ? undefined : itemsPath.split('.').at(-1))
    : undefined;
  if (list) {
    const body = bodyBeside(bytes, list);
    // Also proves that no other list takes this one's place, as the last one of equal keys would.
    if (body !== undefined && valueAt(body, itemsPath) === LIST_PLACEHOLDER) {
      return { body, records: new RecordsAsText(bytes, list, malformed) };
    }
  }
  const body = parseJsonText(bytes.toString());
  const items =
    valueAt(body, itemsPath) ?? (itemsMayBeAbsent && isObject(body) ? [] : absentList(body, itemsPath));
  return { body, records: Array.isArray(items) && items.every(isObject) ? withText(items) : undefined };
}

/** Some APIs write null instead of an empty list. A body that is null as a whole is no list. */
const absentList = (body: unknown, itemsPath: string): [] | undefined =>
  itemsPath !== '' && valueAt(body, itemsPath) === null ? [] : undefined;

/** The page of an answer without content (204). */
export const emptyPage = (): PageText => ({ body: undefined, records: withText([]) });

const withText = (items: JsonObject[]): PageRecords =>
  Object.assign([...items], { text: Buffer.from(canonicalJson(items)) });

/** The body with a placeholder for the list; undefined when the rest is not JSON. */
function bodyBeside(bytes: Buffer, { start, end }: ListText): unknown {
  const text = [
    bytes.toString('utf8', startOf(bytes), start),
    JSON.stringify(LIST_PLACEHOLDER),
    bytes.toString('utf8', end),
  ];
  try {
    return parseJsonText(text.join(''));
  } catch {
    return undefined;
  }
}

/** The records within the elements of a list. */
class InnerRecords implements PageRecords {
  readonly text: Buffer;
  readonly length: number;
  readonly #elements: PageRecords;
  readonly #path: string;
  readonly #malformed: () => Error;

  constructor(elements: PageRecords, path: string, malformed: () => Error) {
    this.text = elements.text;
    this.length = elements.length;
    this.#elements = elements;
    this.#path = path;
    this.#malformed = malformed;
  }

  at(index: number): JsonObject | undefined {
    const element = this.#elements.at(index);
    if (element === undefined) return undefined;
    const record = valueAt(element, this.#path);
    if (!isObject(record)) throw this.#malformed();
    return record;
  }

  *[Symbol.iterator](): Iterator<JsonObject> {
    for (let index = 0; index < this.length; index++) yield this.at(index) as JsonObject;
  }
}

class RecordsAsText implements PageRecords {
  readonly length: number;
  readonly text: Buffer;
  readonly #bytes: Buffer;
  readonly #bounds: readonly number[];
  readonly #encoding: 'latin1' | 'utf8';
  readonly #parse: (text: string) => unknown;
  readonly #malformed: () => Error;

  constructor(bytes: Buffer, { start, end, bounds, mayHoldWideNumbers }: ListText, malformed: () => Error) {
    this.length = bounds.length / 2;
    this.text = bytes.subarray(start, end);
    this.#bytes = bytes;
    this.#bounds = bounds;
    this.#encoding = isAscii(this.text) ? 'latin1' : 'utf8';
    this.#parse = mayHoldWideNumbers ? parseJsonText : JSON.parse;
    this.#malformed = malformed;
  }

  at(index: number): JsonObject | undefined {
    if (index >= this.length) return undefined;
    const start = this.#bounds[index * 2];
    const text = this.#bytes.toString(this.#encoding, start, this.#bounds[index * 2 + 1]);
    try {
      // It begins and ends with the brackets of an object, so what can be parsed is one.
      return this.#parse(text) as JsonObject;
    } catch {
      throw this.#malformed();
    }
  }

  *[Symbol.iterator](): Iterator<JsonObject> {
    for (let index = 0; index < this.length; index++) yield this.at(index) as JsonObject;
  }
}
