import * as z from 'zod/mini';

/** What is wrong with a secret's value: a predicate for a message, never the value. */
export class SecretProblem extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'SecretProblem';
    this.code = code;
  }
}

/** What people leave in a secret that they mean to fill later. */
const PLACEHOLDER =
  /^(<.*>|\[.*\]|\{\{.*\}\}|\$\{.*\}|x{3,}|\*{3,}|\.{3,}|todo|tbd|none|null|undefined|dummy|example|test|placeholder|(change|replace|fill)[\s_-]*(me|this|it)([\s_-]*in)?|(insert|enter|paste|put|your)[\s_-].*key.*|(your[\s_-]*)?(api[\s_-]*)?key([\s_-]*here)?)$/is;

/** No placeholder is longer. */
const MAX_PLACEHOLDER_LENGTH = 200;

/** A header takes visible ASCII; quotes and braces are what a value wrapped by mistake begins and ends with. */
const USABLE_KEY = /^[\x21-\x7e]+$/;
const WRAPPED = /^["'`]|["'`]$/;

/** Names of keys in a secret that is a JSON object, which may hold several. */
export type KeyName = 'apiKey' | 'appKey';

/** The text of the key: the value itself, or that of its name in a JSON object. */
function keyText(secret: string, name: KeyName): string {
  if (!secret.startsWith('{') || secret.startsWith('{{')) return secret;
  let json: unknown;
  try {
    json = JSON.parse(secret);
  } catch {
    throw new SecretProblem('secret-unusable', 'looks like JSON but is not valid JSON');
  }
  const parsed = z.looseObject({ apiKey: z.optional(z.unknown()) }).safeParse(json);
  // A secret with one key only may call it apiKey, whatever it is for.
  const key = parsed.data?.[name] ?? parsed.data?.apiKey;
  if (typeof key !== 'string') {
    throw new SecretProblem('secret-unusable', `is JSON without a text named ${name} ({"${name}":"..."})`);
  }
  return key.trim();
}

/** A colon ends the user. */
const credentialsObject = z.object({ username: z.string().check(z.regex(/^[^:]+$/)), password: z.string() });

/** Control characters have no place in a header. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const USABLE_CREDENTIALS = /^[^:\u0000-\u001f\u007f]+:[^\u0000-\u001f\u007f]*$/;

/**
 * User and password that a secret's value holds, as `user:password`: the value itself, or `username` and `password` of a JSON object.
 * @param value text of the secret; undefined when it holds bytes
 * @throws {SecretProblem} `secret-unusable` or `secret-empty`
 */
export function parseCredentials(value: string | undefined): string {
  if (value === undefined) throw new SecretProblem('secret-unusable', 'contains bytes instead of text');
  const text = value.trim();
  if (text === '') throw new SecretProblem('secret-empty', 'is empty');
  const credentials = text.startsWith('{') ? credentialsOf(text) : text;
  if (!USABLE_CREDENTIALS.test(credentials)) {
    throw new SecretProblem('secret-unusable', 'holds no user:password');
  }
  return credentials;
}

function credentialsOf(json: string): string {
  const problem = 'is no JSON with texts named username and password';
  try {
    const { username, password } = credentialsObject.parse(JSON.parse(json));
    return `${username}:${password}`;
  } catch {
    throw new SecretProblem('secret-unusable', problem);
  }
}

/**
 * The key that a secret's value holds, without the newline that editors add.
 * @param value text of the secret; undefined when it holds bytes
 * @param name of the key, if the value is a JSON object
 * @throws {SecretProblem} `secret-unusable`, `secret-empty` or `secret-placeholder`
 */
export function parseSecret(value: string | undefined, name: KeyName = 'apiKey'): string {
  if (value === undefined) throw new SecretProblem('secret-unusable', 'contains bytes instead of text');
  const key = keyText(value.trim(), name);
  if (key === '') throw new SecretProblem('secret-empty', 'is empty');
  if (key.length <= MAX_PLACEHOLDER_LENGTH && PLACEHOLDER.test(key))
    throw new SecretProblem('secret-placeholder', 'holds a placeholder');
  if (WRAPPED.test(key)) throw new SecretProblem('secret-unusable', 'is in quotes');
  if (!USABLE_KEY.test(key)) {
    throw new SecretProblem(
      'secret-unusable',
      'contains blanks, control characters or non-ASCII letters, which no key has',
    );
  }
  return key;
}
