import { isObject } from '../../lambda/shared/json.ts';

/**
 * What the doctor proposes is pasted into shells and configurations. An API that wanted to attack the person who does that
 * could choose the names of its fields, so names that are not plain are never proposed.
 */

const PLAIN_NAME = /^[\w.$-]{1,64}$/;

/** Paths, parameters with brackets, templates of filters; no quote but `"`, no operator of a shell, no line feed. */
const PLAIN_TEXT = /^[\w .,:=<>+*@/[\]{}()"$-]{0,256}$/;
const SUBSTITUTION = /\$[({]/;

/** Whether the name of a field or header, or a dotted path, is plain: letters, digits, `_`, `-`, `.` and `$`. */
export const isPlainName = (name: string): boolean => PLAIN_NAME.test(name);

const isPlainText = (text: string): boolean => PLAIN_TEXT.test(text) && !SUBSTITUTION.test(text);

/** All names and texts in a value. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const item of value) yield* textsIn(item);
  else if (isObject(value)) {
    for (const [name, inner] of Object.entries(value)) {
      yield name;
      yield* textsIn(inner);
    }
  }
}

/**
 * Whether a proposal may be shown as one.
 * @param given what the user has written, which holds whatever it holds
 */
export function isPlainProposal(proposal: object, given: object): boolean {
  const known = new Set(textsIn(given));
  return [...textsIn(proposal)].every((text) => isPlainText(text) || known.has(text));
}
