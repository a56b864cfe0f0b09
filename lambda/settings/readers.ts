import * as z from 'zod/mini';

/**
 * Settings, as the function reads them from its environment and the infrastructure from the CDK context: one set of
 * readers, one form of message. Readers take a string as well as the typed value, because environment variables and
 * `cdk -c key=value` give strings while cdk.json gives typed JSON. Those named `json...` are for what is inside a JSON text.
 */

/** Any text; checks say what it must hold. */
export const plainText = () => z.string({ error: 'is not text' });

/** A check that refuses a value with the problem that a function finds in it. */
export const without = <T>(problemOf: (value: T) => string | undefined) =>
  z.superRefine<T>((value, context) => {
    const message = problemOf(value);
    if (message) context.addIssue({ code: 'custom', message });
  });

/** A schema that reads what a function made of the given value. */
export const preprocess = <T extends z.ZodMiniType>(
  change: (given: unknown, context: z.core.ParsePayload) => unknown,
  schema: T,
) => z.pipe(z.transform(change), schema);

/** A whole number in [min, max], as JSON has it. */
export const jsonWholeNumber = (min: number, max: number) =>
  z
    .int({ error: 'is not a whole number' })
    .check(
      z.minimum(min, { error: min === 0 ? 'is negative' : `is less than ${min}` }),
      z.maximum(max, { error: `is more than ${max}` }),
    );

/** A whole number in [min, max]; decimal digits when it is text. */
export const wholeNumber = (min: number, max: number) =>
  preprocess(
    (value) => (typeof value === 'string' && /^-?\d+$/.test(value.trim()) ? Number(value) : value),
    jsonWholeNumber(min, max),
  );

/** `true` or `false`, as JSON has it. */
export const jsonFlag = () => z.boolean({ error: 'is neither true nor false' });

/** A text in lower case, without blanks around it. */
const folded = (text: string): string => text.trim().toLowerCase();

const TRUTH_VALUES: Readonly<Record<string, boolean>> = { true: true, false: false };

/** `true` or `false`, also as text in any case. */
export const flag = () =>
  preprocess(
    (value) => (typeof value === 'string' ? (TRUTH_VALUES[folded(value)] ?? value) : value),
    jsonFlag(),
  );

/**
 * One of the given words, in any case.
 * @param meant what a person may have meant who wrote something else; undefined if that is not known
 */
export const oneOf = <const T extends readonly [string, ...string[]]>(
  words: T,
  meant: (text: string) => T[number] | undefined = () => undefined,
  error: string | ((value: unknown) => string) = 'is not known',
) =>
  preprocess(
    (value) =>
      typeof value === 'string'
        ? (words.find((word) => folded(word) === folded(value)) ?? meant(folded(value)) ?? value)
        : value,
    z.enum(words, { error: ({ input }) => (typeof error === 'string' ? error : error(input)) }),
  );

/** Words separated by commas (or a JSON list of them); empty ones are dropped. */
export const listOf = <T extends z.ZodMiniType<string>>(word: T) =>
  preprocess(
    (value) =>
      typeof value === 'string'
        ? value
            .split(',')
            .map((part) => part.trim())
            .filter((part) => part !== '')
        : value,
    z.array(word, { error: 'is not a list' }),
  );

/**
 * One Datadog tag `key:value`. Source: Datadog documentation, "Getting started with tags": starts with a letter, at most
 * 200 characters.
 */
export const datadogTag = () =>
  z.string({ error: 'holds a tag that is not text' }).check(
    z.regex(/^[\p{L}][\p{L}\p{N}_\-./]*:[\p{L}\p{N}_\-./:]+$/u, {
      error: 'holds a tag that is not key:value',
    }),
    z.maxLength(200, { error: 'holds a tag of more than 200 characters' }),
  );

/** The value of a JSON text; any other input unchanged. */
export function jsonValue(value: unknown): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : value;
  } catch {
    return value;
  }
}

/** An object of known keys only. An unknown key is refused, because it would have no effect. */
export const strictObject = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.strictObject(shape, {
    error: ({ code }) => (code === 'invalid_type' ? 'is not an object' : undefined),
  });

/** A JSON text, or the value itself when it is not text. */
export const jsonOf = <T extends z.ZodMiniType>(schema: T) =>
  preprocess((value, { issues }) => {
    const read = jsonValue(value);
    // No JSON text parses to itself, so the text was no JSON.
    if (typeof value !== 'string' || read !== value) return read;
    issues.push({ code: 'custom', message: 'is not valid JSON', input: value });
    return z.NEVER;
  }, schema);

const isJsonList = (value: unknown) => typeof value === 'string' && value.trimStart().startsWith('[');

/** Accepts what a reader of lists accepts (words separated by commas, or a list), and a JSON list as text, as `-c` passes it. */
export const orJsonList = <T extends z.ZodMiniType>(list: T) =>
  preprocess((value) => (isJsonList(value) ? jsonValue(value) : value), list);

/** Whether a host is this machine itself. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);

/** A parser also accepts and corrects texts that are no URL, such as one with blanks around it or without `//`. */
const URL_FORM = /^\w+:\/\/[^\s\\]+$/;

function endpointProblem(text: string): string | undefined {
  if (!URL_FORM.test(text) || !URL.canParse(text)) return 'is not a URL';
  const url = new URL(text);
  if (url.username || url.password || url.search || url.hash)
    return 'must not hold a user, a query or a fragment';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol !== 'http:') return 'is not an https URL';
  return isLoopback(url.hostname)
    ? undefined
    : 'sends keys in clear text: http is for loopback addresses only';
}

function proxyProblem(text: string): string | undefined {
  if (!URL_FORM.test(text) || !URL.canParse(text)) return 'is not a URL';
  const { protocol, username, password, pathname, search, hash } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') return 'is neither an http nor an https URL';
  if (username || password) return 'must not hold a user or a password: they belong into a secret';
  return pathname !== '/' || search || hash ? 'must end after host and port' : undefined;
}

/** A proxy: its scheme, host and port. It gets no key and no record, so http is allowed. */
export const proxyUrl = () => plainText().check(without(proxyProblem));

/** An origin to send keys to: https, or http on a loopback address. No user, query or fragment. */
export const endpoint = () => plainText().check(without(endpointProblem));
