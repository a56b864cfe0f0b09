import { plainText, without } from './readers.ts';

/** Source: Secrets Manager API, `CreateSecret`, `Name`. */
const SECRET_NAME = /^[\w/+=.@-]{1,512}$/;

/** How a JSON web token begins: `{"` in base64. */
const TOKEN = /^eyJ/;

/** Other keys in forms that no name has: a UUID, long hexadecimal numbers, and keys of Datadog that say so. */
const KEY_FORMS = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{24,}|dd(api|app)_.*)$/i;

/** Shorter texts are too short for a random key, and often for a word. */
const KEY_LENGTH = 32;

/** The same for the parts of a name, such as what follows `valence_api_key_`. */
const KEY_PART_LENGTH = 20;

/** Runs of letters as names are written: `valence`, `Valence`, `VALENCE`. */
const LETTERS = /[A-Z]?[a-z]{2,}|[A-Z]{3,}/g;

/** Runs of four letters with a vowel, and not too many consonants, are rare in random text; these short words are common in names. */
const isWord = (letters: string): boolean =>
  /^(api|app|key)$/i.test(letters) ||
  (letters.length > 3 && /[aeiouy]/i.test(letters) && !/[^aeiouy]{4}/i.test(letters));

/** Whether less than half of a text consists of words, as of a random one. */
export function isWordless(text: string): boolean {
  const words = (text.match(LETTERS) ?? []).filter(isWord).join('');
  return words.length < text.replaceAll(/\W|_/g, '').length / 2;
}

/** Long names have separators or capitals within; long texts of digits and letters of one case are keys. */
const isUnbroken = (text: string): boolean => /^([a-z0-9]+|[A-Z0-9]+)$/.test(text) && /[0-9]/.test(text);

/** Whether a text looks like a key: a random one, or one of a known form. */
export const looksLikeKey = (text: string): boolean =>
  TOKEN.test(text) ||
  KEY_FORMS.test(text) ||
  (text.length >= KEY_LENGTH && (isUnbroken(text) || isWordless(text))) ||
  text.split(/\W|_/).some((part) => part.length >= KEY_PART_LENGTH && isWordless(part));

/** What is wrong with a key in the place of a name: it would be readable in the template and in every log. */
export const LOOKS_LIKE_KEY = 'looks like a key, which belongs into Secrets Manager';

/** Whether a text may be a name. */
export const isNoKey = (text: string): boolean => !looksLikeKey(text);

/**
 * Name or ARN of a secret. A key in its place would be readable in the template, in the function's environment and in every
 * message that names the secret, so what looks like one is refused.
 * @param arn what an ARN must match
 * @param otherwise what is wrong with one that does not
 */
export const secretIdWith = (arn: RegExp, otherwise: string) =>
  plainText().check(
    without((text) =>
      text.startsWith('arn:') ? (arn.test(text) ? undefined : otherwise) : nameProblem(text),
    ),
  );

function nameProblem(text: string): string | undefined {
  if (!SECRET_NAME.test(text)) return 'is not the name of a secret';
  return looksLikeKey(text)
    ? 'looks like the key itself (if it is a name, give the complete ARN of the secret instead)'
    : undefined;
}

/** Name or ARN of a secret that Secrets Manager is asked for. It finds a secret by an incomplete ARN, too. */
export const secretId = () => secretIdWith(/^arn:.+:secret:./, 'is not the ARN of a secret');
