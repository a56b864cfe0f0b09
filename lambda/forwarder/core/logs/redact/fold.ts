/**
 * Folds text so that ways of writing the same name are equal: upper and lower case in any language, composed and
 * decomposed accents, letters with and without them, ligatures, full-width letters, apostrophes, hyphens, white space, and
 * characters that are not shown. Each character is folded by itself, and then white space becomes one blank, so a text and
 * its folded form can be compared place by place.
 */

/** What is not shown, and circles around letters: zero-width characters, controls of any kind, soft hyphens. */
const UNSEEN = /[\p{Me}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u;

/** The mark that comes last of all on a letter. */
const LAST_MARK = '\u0345';

/**
 * Whether a character is a mark that Unicode sorts among others: accents, points, tones. Their order differs between ways of
 * writing. The vowel signs of Indic scripts are not sorted, and they stay, because names differ by them.
 */
const isAccent = (character: string) => (LAST_MARK + character).normalize('NFD') !== LAST_MARK + character;

const APOSTROPHE = /[\u02bb\u02bc\u2018\u2019\u201b\u2032]/u;
const HYPHEN = /\p{Pd}/u;
const WHITE_SPACE = /[\s\x85]/u;

/** Controls that are not white space. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ASCII_CONTROLS = /[\0-\x08\x0e-\x1f\x7f]/g;
const isAsciiControl = (unit: number) => (unit < 0x20 && !isAsciiWhiteSpace(unit)) || unit === 0x7f;

/** What is left of white space after each character was folded. */
const ASCII_WHITE_SPACE = /[\t-\r ]+/g;
const isAsciiWhiteSpace = (unit: number) => unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);

const FIRST_BEYOND_ASCII = 0x80;
const ASCII = /^\p{ASCII}*$/u;

/** A text may hold every character there is; the memory for them is bounded. */
const MAX_KNOWN_CHARACTERS = 20_000;

/** Folded characters by their code points; null for one that stays as it is, as most of most languages do. */
const known = new Map<number, string | null>();

/** The text folded. */
export function folded(text: string): string {
  if (ASCII.test(text)) return oneBlank(text);
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
  return oneBlank(result + text.slice(done));
}

const oneBlank = (text: string) =>
  text.toLowerCase().replace(ASCII_CONTROLS, '').replace(ASCII_WHITE_SPACE, ' ');

/** How many code units a character has. */
const unitsOf = (code: number): number => (code > 0xffff ? 2 : 1);

/** Upper case first: it spells out `ß` and `ﬃ`, and makes one of `ς` and `σ`, of `ı` and `i`. */
const oneCase = (character: string) =>
  Array.from(character.toUpperCase(), (upper) => upper.toLowerCase()).join('');

/** What counts of a part of a character. */
function shown(part: string): string {
  if (WHITE_SPACE.test(part)) return ' ';
  if (UNSEEN.test(part) || isAccent(part)) return '';
  if (APOSTROPHE.test(part)) return "'";
  return HYPHEN.test(part) ? '-' : part;
}

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
  result = Array.from(result, shown).join('');
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
  let afterWhite = false;
  for (let at = 0; at < original.length; ) {
    const code = original.codePointAt(at) as number;
    const end = at + unitsOf(code);
    const part = (code < FIRST_BEYOND_ASCII ? null : foldedCharacter(code)) ?? original.slice(at, end);
    for (let index = 0; index < part.length; index++) {
      const unit = part.charCodeAt(index);
      if (isAsciiControl(unit)) continue;
      const white = isAsciiWhiteSpace(unit);
      if (!(white && afterWhite)) origins.push(at);
      afterWhite = white;
    }
    at = end;
  }
  origins.push(original.length);
  return { text: folded(original), origins };
}
