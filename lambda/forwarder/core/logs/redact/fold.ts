/**
 * Folds text so that ways of writing the same name are equal: upper and lower case in any language, composed and
 * decomposed accents, letters with and without them, ligatures, full-width letters, small capitals, letters in circles and
 * squares, apostrophes, hyphens, white space, and characters that are not shown. Each character is folded by itself, and then white space becomes one blank, so a text and
 * its folded form can be compared place by place.
 */

/** Scripts that write words without a blank between them, or attach endings to them; for a class of characters. */
export const UNSPACED = String.raw`\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}`;

/**
 * What is not shown, circles around letters, and strokes that only make a word longer, such as the kashida of Arabic: zero-width
 * characters, controls of any kind, soft hyphens.
 */
export const UNSEEN = /[\p{Me}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u0640\u07fa\u0883-\u0885\u180a]/u;

/** The mark that comes last of all on a letter. */
const LAST_MARK = '\u0345';

/**
 * Whether a character is a mark that Unicode sorts among others: accents, points, tones. Their order differs between ways of
 * writing. The vowel signs of Indic scripts are not sorted, and they stay, because names differ by them.
 */
const isAccent = (character: string) => (LAST_MARK + character).normalize('NFD') !== LAST_MARK + character;

const APOSTROPHE = /[\u02b9\u02bb-\u02bd\u2018\u2019\u201b\u2032\xb4]/u;
const HYPHEN = /[\p{Pd}\u2212]/u;
/** White space, and what shows nothing though it is as wide as a letter: fillers of Hangul, the blank of Braille. */
const WHITE_SPACE = /[\s\x85\u115f\u1160\u3164\uffa0\u2800]/u;

const pairs = (text: string): (readonly [string, string])[] =>
  text.split(' ').map((pair): [string, string] => {
    const [letter = '', ...plain] = pair;
    return [letter, plain.join('')];
  });

/** Code points of letters in black circles and squares, each range from A to Z. */
const FIRST_BLACK_LETTERS = [0x1f150, 0x1f170];
const ALPHABET = Array.from('abcdefghijklmnopqrstuvwxyz');

/**
 * Latin letters in a form that Unicode does not decompose: those that are written without their strokes, or as two, where a keyboard
 * lacks them; small capitals and two letters of handwriting; all small letters that Unicode names "LATIN SMALL LETTER x WITH" a
 * stroke, hook, tilde, tail or the like, and ligatures; letters in black circles and squares. Capitals are folded to small ones before.
 */
const PLAIN_LETTERS: ReadonlyMap<string, string> = new Map([
  ...pairs('øo łl đd ħh ŧt ðd ɨi ƶz ǥg ƀb ȼc ɇe ɉj ꝁk ƚl ɵo ᵽp ɍr ⱦt ʉu ɏy ⱥa ŋn æae œoe þth'),
  ...pairs('ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ꞯq ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz ᴁae ɶoe ᴆd ᴌl ɑa ɡg'),
  ...pairs('ƃb ƈc ƌd ƒf ƙk ƞn ƥp ƫt ƭt ƴy ȡd ȥz ȴl ȵn ȶt ȿs ɀz ɋq ɓb ɕc ɖd ɗd ɠg ɦh ɫl ɬl ɭl ɱm'),
  ...pairs('ɲn ɳn ɼr ɽr ɾr ʂs ʈt ʋv ʐz ʑz ʝj ʠq ᵬb ᵭd ᵮf ᵯm ᵰn ᵱp ᵲr ᵳr ᵴs ᵵt ᵶz ᶀb ᶁd ᶂf ᶃg ᶄk'),
  ...pairs('ᶅl ᶆm ᶇn ᶈp ᶉr ᶊs ᶌv ᶍx ᶎz ᶏa ᶑd ᶒe ᶖi ᶙu ỿy ⱡl ⱨh ⱪk ⱬz ⱱv ⱳw ⱴv ⱸe ⱺo ꝃk ꝅk ꝉl ꝋo'),
  ...pairs('ꝍo ꝑp ꝓp ꝕp ꝗq ꝙq ꝟv ꞎl ꞑn ꞓc ꞔc ꞕh ꞗb ꞙf ꞡg ꞣk ꞥn ꞧr ꞩs ꞹu ꟈd ꟊs ẜs ẝs ꬴe ꬷl ꬸl ꬹl ꬺm ꬻn'),
  ...pairs('ꭉr ꭎu ꭒu ꭖx ꭗx ꭘx ꭙx ꭚy 𝼉t 𝼑l 𝼓l 𝼖r 𝼚i 𝼛o 𝼝c 𝼞s ƕhv ȸdb ȹqp ʣdz ʦts ʪls ʫlz ᵫue ỻll'),
  ...pairs('ꜩtz ꜳaa ꜵao ꜷau ꜹav ꜻav ꜽay ꝏoo ꝡvy'),
  ...FIRST_BLACK_LETTERS.flatMap((first) =>
    ALPHABET.map((letter, index) => [String.fromCodePoint(first + index), letter] as const),
  ),
]);

/** Controls that are not white space. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ASCII_CONTROLS = /[\0-\x08\x0e-\x1f\x7f]/g;
const isAsciiControl = (unit: number) => (unit < 0x20 && !isAsciiWhiteSpace(unit)) || unit === 0x7f;

/** What is left of white space after each character was folded. */
const ASCII_WHITE_SPACE = /[\t-\r ]+/g;
const isAsciiWhiteSpace = (unit: number) => unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);

const FIRST_BEYOND_ASCII = 0x80;
const ASCII = /^\p{ASCII}*$/u;

/** Code points are below this. */
const CODE_POINTS = 0x110000;

/** What folding does to a character, by its code point: nothing is known yet, it stays as it is, or `changed` holds it folded. */
const UNKNOWN = 0;
const UNCHANGED = 1;
const CHANGED = 2;
let effects: Uint8Array | undefined;

/** A few tens of thousands at most: those that decompose, have a case or are not shown. */
const changed = new Map<number, string>();

/** Measured, with a margin: a few nanoseconds for a character of ASCII, and less than a hundred for others. */
const ASCII_COST = 30;
const OTHER_COST = 200;

/** The text folded. */
export const folded = (text: string): string => foldedUpTo(text, Number.POSITIVE_INFINITY) as string;

/**
 * The text folded. One character may become eighteen, so the result counts, too.
 * @param most how many code units the result may have
 * @param spend takes what it costs, in comparisons of characters (see texts.ts)
 * @returns undefined when it is longer or costs too much
 */
export function foldedWithin(
  text: string,
  most: number,
  spend: (comparisons: number) => boolean,
): string | undefined {
  if (text.length > most || !spend(foldingCost(text))) return undefined;
  const result = foldedUpTo(text, most);
  const added = (result?.length ?? most) - text.length;
  return added <= 0 || spend(added * OTHER_COST) ? result : undefined;
}

function foldedUpTo(text: string, most: number): string | undefined {
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
      if (result.length > most) return undefined;
      done = end;
    }
    at = end - 1;
  }
  return oneBlank(result + text.slice(done));
}

const oneBlank = (text: string) =>
  text.toLowerCase().replace(ASCII_CONTROLS, '').replace(ASCII_WHITE_SPACE, ' ').replaceAll('`', "'");

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
  return HYPHEN.test(part) ? '-' : (PLAIN_LETTERS.get(part) ?? part);
}

/** Characters without any property that folding goes by: unassigned ones and those for private use. */
const WITHOUT_PROPERTIES = /^(?!\p{Default_Ignorable_Code_Point})[\p{Cn}\p{Co}]$/u;

/** A character folded; null if it stays as it is. */
function foldedCharacter(code: number): string | null {
  effects ??= new Uint8Array(CODE_POINTS);
  if (effects[code] === UNCHANGED) return null;
  if (effects[code] === UNKNOWN) {
    const character = String.fromCodePoint(code);
    const result = WITHOUT_PROPERTIES.test(character) ? character : foldedAnew(character);
    effects[code] = result === character ? UNCHANGED : CHANGED;
    if (result === character) return null;
    changed.set(code, result);
  }
  return changed.get(code) ?? null;
}

function foldedAnew(given: string): string {
  // Some characters are another way to write one of these: U+1FFD is an apostrophe, and decomposes as a blank with an accent.
  const character = given.normalize('NFC');
  if (WHITE_SPACE.test(character)) return ' ';
  if (APOSTROPHE.test(character)) return "'";
  let result = character;
  // The parts of a character, such as those of `℡`, may have a case of their own.
  for (let before = ''; result !== before; ) {
    before = result;
    result = Array.from(result.normalize('NFKD'), oneCase).join('');
  }
  return Array.from(result, shown).join('');
}

/** How long folding a text takes, in comparisons of characters; finding its origins takes as long again. */
export const foldingCost = (text: string): number =>
  text.length * (ASCII.test(text) ? ASCII_COST : OTHER_COST);

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
