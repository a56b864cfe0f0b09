/**
 * Folds text so that ways of writing the same name are equal: upper and lower case in any language, composed and
 * decomposed accents, letters with and without them, ligatures, full-width letters, and characters that are not shown.
 * Each character is folded by itself, so a text and its folded form can be compared place by place.
 */

/** Accents and other marks, and what is not shown: zero-width characters, controls of direction, soft hyphens. */
const UNSEEN = /[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

const FIRST_BEYOND_ASCII = 0x80;
const ASCII = /^\p{ASCII}*$/u;

/** A text may hold every character there is; the memory for them is bounded. */
const MAX_KNOWN_CHARACTERS = 20_000;

/** Folded characters by their code points; null for one that stays as it is, as most of most languages do. */
const known = new Map<number, string | null>();

/** The text with each of its characters folded. */
export function folded(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  let result = '';
  let done = 0;
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) < FIRST_BEYOND_ASCII) continue;
    const code = text.codePointAt(at) as number;
    const part = foldedCharacter(code);
    const end = at + unitsOf(code);
    if (part !== null) {
      result += text.slice(done, at) + part;
      done = end;
    }
    at = end - 1;
  }
  return (result + text.slice(done)).toLowerCase();
}

/** How many code units a character has. */
const unitsOf = (code: number): number => (code > 0xffff ? 2 : 1);

/** Upper case first: it spells out `ß` and `ﬃ`, and makes one of `ς` and `σ`, of `ı` and `i`. */
const oneCase = (character: string) =>
  Array.from(character.toUpperCase(), (upper) => upper.toLowerCase()).join('');

function foldedCharacter(code: number): string | null {
  const found = known.get(code);
  if (found !== undefined) return found;
  const character = String.fromCodePoint(code);
  let result = character;
  // The parts of a character, such as those of `℡`, may have a case of their own.
  for (let before = ''; result !== before; ) {
    before = result;
    result = Array.from(result.normalize('NFKD'), oneCase).join('');
  }
  result = result.replace(UNSEEN, '');
  const folded = result === character ? null : result;
  if (known.size >= MAX_KNOWN_CHARACTERS) known.clear();
  known.set(code, folded);
  return folded;
}

/** A folded text that knows where its characters come from. */
export interface FoldedText {
  text: string;
  /** For each code unit of `text` and for its end, where the character begins in the original text. */
  origins: readonly number[];
}

/** The text folded, with the origin of each character. */
export function foldedWithOrigins(original: string): FoldedText {
  const origins: number[] = [];
  for (let at = 0; at < original.length; ) {
    const code = original.codePointAt(at) as number;
    const part = code < FIRST_BEYOND_ASCII ? null : foldedCharacter(code);
    const length = part === null ? unitsOf(code) : part.length;
    for (let unit = 0; unit < length; unit++) origins.push(at);
    at += unitsOf(code);
  }
  origins.push(original.length);
  return { text: folded(original), origins };
}
