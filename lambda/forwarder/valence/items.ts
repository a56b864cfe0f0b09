import { createHash } from 'node:crypto';
import { isLosslessNumber } from 'lossless-json';
import { canonicalJson } from '../core/canonical-json.ts';
import type { JsonObject } from '../core/json.ts';
import { valueAt } from './dotted-path.ts';
import { profileMismatch } from './source-errors.ts';

/** Names of fields that a message may show: nothing that could be data used as a key. */
const PLAIN_NAME = /^[A-Za-z_][\w-]{0,39}$/;
const MAX_SHOWN_NAMES = 8;

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
    throw mismatch(`The answer to ${place} holds no list at ${where}; ${outline(body)}.`);
  }
  if (!items.every(isObject)) {
    throw mismatch(`The list in the answer to ${place} holds something that is not an object.`);
  }
  return items;
}

const mismatch = (what: string) => profileMismatch('source-shape', 'itemsPath', what);

const isObject = (item: unknown): item is JsonObject =>
  item !== null && typeof item === 'object' && !Array.isArray(item) && !isLosslessNumber(item);

/** What a body looks like from outside, so that a wrong profile can be put right: names, never values. */
function outline(body: unknown): string {
  if (Array.isArray(body)) return 'the body itself is a list';
  if (!isObject(body)) return 'the body is not an object';
  const names = Object.keys(body).filter((name) => PLAIN_NAME.test(name));
  return names.length === 0
    ? 'the body has no fields'
    : `the body has the fields ${names.slice(0, MAX_SHOWN_NAMES).join(', ')}`;
}

/** A short text that is the same for the same records in the same order, whatever stands around them in the body. */
export const digestOf = (items: readonly unknown[]): string =>
  createHash('sha256').update(textOf(items)).digest('base64');

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
