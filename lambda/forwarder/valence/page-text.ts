import { isAscii } from 'node:buffer';
import { valueAt } from '../../shared/dotted-path.ts';
import { isObject, type JsonObject } from '../../shared/json.ts';
import { holdsTooMuch, TooMuchJson } from '../../shared/json-structure.ts';
import { parseJsonText, parseLenientJson } from '../../shared/json-text.ts';
import { type RecordList, Unreadable } from '../core/memory/pages.ts';
import { canonicalJson } from '../core/records/canonical-json.ts';
import { findList, isOneItem, type ListText, startOf } from './list-text.ts';

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
  /** Undefined when there is no such list. */
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
  /** The error for an element that is not JSON and may hide others. */
  malformed: () => Error;
}

/**
 * Reads a page and keeps its records as bytes until they are needed: thousands of waiting objects would cost the garbage
 * collector time. A list in an unusual place is parsed together with its body.
 * @throws {SyntaxError} when it is not JSON; its message quotes the text, so it must not be shown
 * @throws {TooMuchJson} when its list has too many elements, or what is parsed at once holds too much
 */
export function readPage(bytes: Buffer, reading: PageReading): PageText {
  const { itemsPath, itemPath = null, itemsMayBeAbsent = false, apart } = reading;
  const list = apart
    ? findList(bytes, itemsPath === '' ? undefined : itemsPath.split('.').at(-1))
    : undefined;
  if (list) {
    const body = bodyBeside(bytes, list);
    // Also proves that no other list takes this one's place, as the last one of equal keys would.
    if (body !== undefined && valueAt(body, itemsPath) === LIST_PLACEHOLDER) {
      return { body, records: new RecordsAsText(bytes, list, reading) };
    }
  }
  const body = parseLenientJson(bytes.toString());
  const items =
    valueAt(body, itemsPath) ?? (itemsMayBeAbsent && isObject(body) ? [] : absentList(body, itemsPath));
  return { body, records: Array.isArray(items) ? withText(items, itemPath) : undefined };
}

/**
 * The record that one element of a list holds.
 * @param text the element as it came
 * @param itemPath see {@link PageReading}
 * @returns undefined when it is not JSON, holds no object there, or too much
 */
export function readElement(text: string, itemPath: string | null): JsonObject | undefined {
  return recordIn(parsedElement(text), itemPath);
}

function parsedElement(text: string): unknown {
  try {
    return parseLenientJson(text);
  } catch {
    return undefined;
  }
}

function recordIn(element: unknown, itemPath: string | null): JsonObject | undefined {
  const record = itemPath === null ? element : valueAt(element, itemPath);
  return isObject(record) ? record : undefined;
}

/** Some APIs write null instead of an empty list. A body that is null as a whole is no list. */
const absentList = (body: unknown, itemsPath: string): [] | undefined =>
  itemsPath !== '' && valueAt(body, itemsPath) === null ? [] : undefined;

/** The page of an answer without content (204). */
export const emptyPage = (): PageText => ({ body: undefined, records: withText([], null) });

const withText = (items: readonly unknown[], itemPath: string | null): PageRecords =>
  Object.assign(
    items.map((item) => recordIn(item, itemPath) ?? new Unreadable(Buffer.from(canonicalJson(item)))),
    { text: Buffer.from(canonicalJson(items)) },
  );

/** The body with a placeholder for the list; undefined when the rest is not JSON. */
function bodyBeside(bytes: Buffer, { start, end }: ListText): unknown {
  const text = [
    bytes.toString('utf8', startOf(bytes), start),
    JSON.stringify(LIST_PLACEHOLDER),
    bytes.toString('utf8', end),
  ];
  try {
    return parseLenientJson(text.join(''));
  } catch (error) {
    if (error instanceof TooMuchJson) throw error;
    return undefined;
  }
}

class RecordsAsText implements PageRecords {
  readonly length: number;
  readonly text: Buffer;
  readonly #bytes: Buffer;
  readonly #bounds: readonly number[];
  readonly #encoding: 'latin1' | 'utf8';
  readonly #parse: (text: string) => unknown;
  readonly #itemPath: string | null;
  readonly #malformed: () => Error;

  constructor(
    bytes: Buffer,
    { start, end, bounds, mayHoldWideNumbers }: ListText,
    { itemPath = null, malformed }: PageReading,
  ) {
    this.length = bounds.length / 2;
    this.text = bytes.subarray(start, end);
    this.#bytes = bytes;
    this.#bounds = bounds;
    this.#encoding = isAscii(this.text) ? 'latin1' : 'utf8';
    this.#parse = mayHoldWideNumbers ? parseJsonText : JSON.parse;
    this.#itemPath = itemPath;
    this.#malformed = malformed;
  }

  #parsed(text: string): unknown {
    try {
      return this.#parse(text);
    } catch {
      return parsedElement(text);
    }
  }

  at(index: number): JsonObject | Unreadable | undefined {
    if (index >= this.length) return undefined;
    const start = this.#bounds[index * 2];
    const end = this.#bounds[index * 2 + 1];
    const text = this.#bytes.toString(this.#encoding, start, end);
    const element = holdsTooMuch(text) ? undefined : this.#parsed(text);
    const record = recordIn(element, this.#itemPath);
    if (record) return record;
    const raw = this.#bytes.subarray(start, end);
    // What is not JSON may hide others, up to the next odd quote.
    if (element === undefined && !isOneItem(raw)) throw this.#malformed();
    return new Unreadable(raw);
  }

  *[Symbol.iterator](): Iterator<JsonObject | Unreadable> {
    for (let index = 0; index < this.length; index++) yield this.at(index) as JsonObject | Unreadable;
  }
}
