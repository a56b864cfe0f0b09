/**
 * Folds text so that ways of writing the same name are equal: upper and lower case in any language, composed and
 * decomposed accents, letters with and without them, ligatures, full-width letters, and characters that are not shown.
 * Each character is folded by itself, so a text and its folded form can be compared place by place.
 */

/** Accents and other marks, and what is not shown: zero-width characters, controls of direction, soft hyphens. */
const UNSEEN = /[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

const BEYOND_ASCII = /[^\0-\x7f]/gu;

/** A text may hold every character there is; the memory for them is bounded. */
const MAX_KNOWN_CHARACTERS = 20_000;

const known = new Map<string, string>();

/** The text with each of its characters folded. */
export const folded = (text: string): string => text.replace(BEYOND_ASCII, foldedCharacter).toLowerCase();

/** Upper case first: it spells out `ß` and `ﬃ`, and makes one of `ς` and `σ`, of `ı` and `i`. */
const oneCase = (character: string) =>
  Array.from(character.toUpperCase(), (upper) => upper.toLowerCase()).join('');

function foldedCharacter(character: string): string {
  const found = known.get(character);
  if (found !== undefined) return found;
  let result = character;
  // The parts of a character, such as those of `℡`, may have a case of their own.
  for (let before = ''; result !== before; ) {
    before = result;
    result = Array.from(result.normalize('NFKD'), oneCase).join('');
  }
  result = result.replace(UNSEEN, '');
  if (known.size >= MAX_KNOWN_CHARACTERS) known.clear();
  known.set(character, result);
  return result;
}

/** A folded text that knows where its characters come from. */
export interface FoldedText {
  text: string;
  /** For each code unit of `text` and for its end, where the character begins in the original text. */
  origins: readonly number[];
}

/** The text folded, with the origin of each character. */
export function foldedWithOrigins(original: string): FoldedText {
  let text = '';
  const origins: number[] = [];
  let at = 0;
  for (const character of original) {
    const part = folded(character);
    for (let unit = 0; unit < part.length; unit++) origins.push(at);
    text += part;
    at += character.length;
  }
  origins.push(at);
  return { text, origins };
}
