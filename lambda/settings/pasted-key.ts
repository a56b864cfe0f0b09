import * as z from 'zod/mini';
import { jsonValue, preprocess } from './readers.ts';
import { isWordless, LOOKS_LIKE_KEY } from './secret-id.ts';

/**
 * Keys that were pasted into a setting that is no place for them: it would be readable in the template, in the environment of the
 * function and in messages. A text that is the name of a secret is checked more strictly, see secret-id.ts: here, an identifier may be
 * what the setting is for.
 */

/** What no identifier looks like: a JSON web token, and keys of Datadog that say so. */
const CERTAIN = /(?<![A-Za-z0-9])(eyJ[\w-]{10,}|dd(api|app)_\w{10,})/i;

/** ARNs hold identifiers of AWS, and their readers check them. */
const ARN = /\barn:aws[\w-]*:[^\s",]+/g;

/** Object ids (24 hex digits), ULIDs and the parts of a UUID are shorter; keys of Datadog and most others are as long, or longer. */
const LONG_PART = /[A-Za-z0-9]{32,}/g;

/** Base64 for URLs holds `-` and `_` here and there. Names of hosts and resources do, too, but they are in lower case. */
const LONG_WORD = /[\w-]{40,}/g;

/** Standard base64 holds `+` and `/`, as do paths. */
const LONG_BASE64 = /[A-Za-z0-9+/]{40,}/g;

/** A part of a path that people wrote: a word or a version. */
const PATH_WORD = /^(v\d+|[A-Z]?[a-z]{2,}|[A-Z]{3,})$/;

/** Shorter parts of random text may lack a kind of character. Common identifiers in paths have letters of one case. */
const MIXED_PART_LENGTH = 8;

const ORIGIN = /\bhttps?:\/\/[^/\s]*/g;

const hasAllKinds = (word: string): boolean => [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(word));

/** With digits and letters, in hexadecimal or without words: CloudFormation makes long names of words and a few digits. */
const isRandom = (part: string): boolean =>
  /\d/.test(part) && /[a-z]/i.test(part) && (/^[0-9a-f]+$/i.test(part) || isWordless(part));

function isBase64(text: string): boolean {
  const parts = text.split('/');
  return (
    isWordless(text) &&
    !parts.some((part) => PATH_WORD.test(part)) &&
    parts.some((part) => part.length >= MIXED_PART_LENGTH && hasAllKinds(part))
  );
}

const holdsRandomText = (text: string): boolean =>
  (text.match(LONG_PART) ?? []).some(isRandom) ||
  (text.match(LONG_WORD) ?? []).some((word) => hasAllKinds(word) && isWordless(word)) ||
  (text.replaceAll(ORIGIN, ' ').match(LONG_BASE64) ?? []).some(isBase64);

/** Whether long random identifiers are what a text is for; `within` if it never consists of one. */
export type MayHoldIds = boolean | 'within';

/** An unbroken number in hexadecimal, as long as a key of Datadog or longer. */
const HEX_KEY = /^[0-9a-f]{32,}$/i;

/**
 * Whether a text holds a word that looks like a key.
 * @param mayHoldIds if so, only what is certain counts; with `within` also a text that is nothing but a long hexadecimal number
 */
export function holdsKey(text: string, mayHoldIds: MayHoldIds = false): boolean {
  const rest = text.replaceAll(ARN, '');
  if (CERTAIN.test(rest) || (mayHoldIds === 'within' && HEX_KEY.test(rest))) return true;
  return !mayHoldIds && holdsRandomText(rest);
}

/** Where in a value the first key is, as far as that can be named without showing it; undefined if there is none. */
function placeOfKey(value: unknown, mayHoldIds: MayHoldIds): PropertyKey[] | undefined {
  const read = jsonValue(value);
  if (typeof read === 'string') return holdsKey(read, mayHoldIds) ? [] : undefined;
  if (read === null || typeof read !== 'object') {
    return typeof value === 'string' && holdsKey(value, mayHoldIds) ? [] : undefined;
  }
  for (const [name, item] of Object.entries(read)) {
    if (holdsKey(name, mayHoldIds)) return [];
    const place = placeOfKey(item, mayHoldIds);
    if (place) return [name, ...place];
  }
  return undefined;
}

/** A reader that refuses values in which a key was pasted. The parameters are those of {@link holdsKey}. */
export const withoutKeys = (reader: z.ZodMiniType, mayHoldIds: MayHoldIds = false) =>
  preprocess((value, { issues }) => {
    const path = placeOfKey(value, mayHoldIds);
    if (!path) return value;
    issues.push({ code: 'custom', message: LOOKS_LIKE_KEY, input: value, path });
    return z.NEVER;
  }, reader);
