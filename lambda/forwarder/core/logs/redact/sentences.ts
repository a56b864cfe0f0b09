/**
 * The sentences in the details of Valence's audit records. `~` is what people choose, such as the name of a user. What Valence writes
 * are the words around it, and `^`, `#` and `*`, see WRITTEN. Rules go by these. The attributes that the pipeline reads from the
 * sentences are in infra/datadog/pipeline/sentences.ts.
 */
const SENTENCES = [
  '^ user ~ with role "*" with access to ~',
  '^ user ~ to role "*" with access to ~',
  '^ user ~ with role "~" with access to ~',
  '^ user ~ to role "~" with access to ~',
  '^ a policy on ~. Policy name: "~". Platform: "~". Instance(s): "~"',
  '^ data file "~" of kind "~" to a # connector named "~" via method "*"',
  '^ data file "~" of kind "~" to a # connector named "~"',
  '^ # connector from "~" to "~" via method "*"',
  '^ # connector from "~" to "~"',
  '^ # connector named "~" via method "*"',
  '^ # connector named "~"',
  '^ API Key "~" for "~"',
].map((sentence) => sentence.split(/([~^#*])/).slice(1));

/**
 * What Valence writes. The bounds keep the words of unknown sentences out, because these may be names:
 * `Transferred token of ada@example.com to GitHub connector named "Main"`.
 */
const WRITTEN: Readonly<Record<string, RegExp>> = {
  /** The activity: one word. */
  '^': /^[\p{L}-]+$/u,
  /** The type of a connector: one to four words with capital letters, so none such as `of`, `to` and `deleted`. */
  '#': /^(?:(?:^| )[\p{Lu}\p{N}(&+][\p{L}\p{N}.&/+()_-]*){1,4}$/u,
  /** A role, or a method: one to four words. A longer role is searched. */
  '*': /^(?:(?:^| )[\p{L}\p{N}.,&/+()_-]+){1,4}$/u,
};

/** A part of a sentence. */
export interface SentencePart {
  text: string;
  /** Whether people choose it, so that it may be or contain a name. */
  chosen: boolean;
}

/**
 * The parts of a known sentence, in their order.
 * @returns undefined for any other text
 */
export function sentenceParts(text: string): SentencePart[] | undefined {
  for (const sentence of SENTENCES) {
    const parts = partsBy(sentence, text);
    if (parts) return parts;
  }
  return undefined;
}

/** @param sentence pairs of a variable part and the words after it */
function partsBy(sentence: readonly string[], text: string): SentencePart[] | undefined {
  const parts: SentencePart[] = [];
  let at = 0;
  for (let index = 0; index < sentence.length; index += 2) {
    const words = sentence[index + 1] as string;
    const isLast = index + 2 === sentence.length;
    const end = isLast ? lastPlaceOf(words, text) : text.indexOf(words, at);
    if (end < at) return undefined;
    const variable = text.slice(at, end);
    const written = WRITTEN[sentence[index] as string];
    if (written && !written.test(variable)) return undefined;
    parts.push({ text: variable, chosen: !written }, { text: words, chosen: false });
    at = end + words.length;
  }
  return parts;
}

const lastPlaceOf = (words: string, text: string): number =>
  text.endsWith(words) ? text.length - words.length : -1;

/** The words before a role, and those after it, as the pipeline reads them. */
const BEFORE_ROLE = / (?:with|to) role "/;
const AFTER_ROLE = '" with access to ';

/**
 * The role in a sentence about a user. The name of the user may imitate the words around it, so that it is not known which role is the
 * real one: this takes all that may be one, from the first such words to the last.
 * @returns undefined for any other sentence
 */
function roleIn(sentence: string): string | undefined {
  const { 0: before = '', index = 0 } = BEFORE_ROLE.exec(sentence) ?? {};
  const from = index + before.length;
  const to = sentence.lastIndexOf(AFTER_ROLE);
  return before !== '' && from <= to && /^\S+ user /.test(sentence) ? sentence.slice(from, to) : undefined;
}

/**
 * Whether redaction changed the role in a sentence about a user, or what may be one.
 * @param redacted the same sentence; undefined if nothing is left
 */
export function isRoleRedacted(sentence: string, redacted: string | undefined): boolean {
  const role = roleIn(sentence);
  return role !== undefined && role !== roleIn(redacted ?? '');
}
