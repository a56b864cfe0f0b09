import { type FoldedText, foldedWithOrigins, foldingCost, UNSPACED } from './fold.ts';

const UNSPACED_LETTER = new RegExp(`[${UNSPACED}]`, 'u');

/** What words of the other scripts consist of; modifier letters serve as apostrophes. */
const WORD_CHARACTER = new RegExp(`(?![${UNSPACED}\\p{Lm}])[\\p{L}\\p{Nd}]`, 'u');

/** Shorter values are part of too many other words. */
const MIN_SEARCHED_CHARACTERS = 3;

/** A name such as 李明 is complete. */
const MIN_SEARCHED_UNSPACED = 2;

/** More of a value are not counted. */
const COUNTED_CHARACTERS = 20;

/** Shorter values count only as words of their own, longer ones also as a part of one. */
const SHORT_CHARACTERS = 8;

/** Only a hostile text holds more names. */
const MAX_PLACES = 1000;

/** Only a hostile text holds more of what would be short names if they were words of their own. */
const MAX_CANDIDATES = 10_000;

/** What looking at one place, and replacing one name, costs in comparisons of characters. */
const COST_OF_A_CANDIDATE = 800;
const COST_OF_A_PLACE = 5000;

/** A search folds its text, and finds where the characters come from. */
const FOLDINGS = 2;

/** A longer text takes too much memory to be searched; a log of this size has to be shrunk anyway. */
export const MAX_SEARCHED_CHARACTERS = 1_000_000;

/**
 * The name in a value by which others are searched.
 * @param searched the value, folded
 * @returns undefined when it is too short
 */
export function nameIn(value: string, searched: string): string | undefined {
  const name = searched.trim();
  // Before folding, which takes points and tones. Of a short part, because many marks on one letter take for ever to sort.
  const length = Math.max(name.length, value.trim().slice(0, COUNTED_CHARACTERS).normalize().length);
  const least = UNSPACED_LETTER.test(name) ? MIN_SEARCHED_UNSPACED : MIN_SEARCHED_CHARACTERS;
  return name !== '' && length >= least ? name : undefined;
}

/** A part of a text, and what takes its place. */
interface Place {
  start: number;
  end: number;
  replacement: string;
}

/**
 * The text with each name replaced, however it is written there.
 * @param names folded, with their replacements
 * @param spend takes what it costs, in comparisons of characters; false when too much was spent
 * @returns undefined when names would remain, or when there are too many
 */
export function withoutNames(
  text: string,
  names: readonly (readonly [string, string])[],
  spend: (comparisons: number) => boolean,
): string | undefined {
  const places = placesOf(names, text, spend);
  if (!places || !spend(places.length * COST_OF_A_PLACE)) return undefined;
  if (places.length === 0) return text;
  let cleaned = '';
  let done = 0;
  for (const { start, end, replacement } of merged(places)) {
    cleaned += text.slice(done, start) + replacement;
    done = end;
  }
  cleaned += text.slice(done);
  // A replacement and the text around it may spell a name, such as "]]]]]]]]".
  return placesOf(names, cleaned, spend)?.length === 0 ? cleaned : undefined;
}

/** Where names are; undefined when there are too many. */
function placesOf(
  names: readonly (readonly [string, string])[],
  text: string,
  spend: (comparisons: number) => boolean,
): Place[] | undefined {
  if (!spend(FOLDINGS * foldingCost(text))) return undefined;
  const searched = foldedWithOrigins(text);
  if (!spend(foldingCost(searched.text))) return undefined;
  const places: Place[] = [];
  let candidates = 0;
  for (const [name, replacement] of names) {
    if (!spend(name.length * searched.text.length)) return undefined;
    for (let at = searched.text.indexOf(name); at >= 0; at = searched.text.indexOf(name, at + 1)) {
      if (++candidates > MAX_CANDIDATES || !spend(COST_OF_A_CANDIDATE)) return undefined;
      if (name.length < SHORT_CHARACTERS && isPartOfWord(at, at + name.length, searched, text)) continue;
      places.push({ ...originalPlace(at, at + name.length, searched.origins), replacement });
      if (places.length > MAX_PLACES) return undefined;
    }
  }
  return places;
}

/** A character that holds a part of a name belongs to it, and so does an accent after it. */
function originalPlace(
  start: number,
  end: number,
  origins: readonly number[],
): { start: number; end: number } {
  let after = end;
  while (origins[after] === origins[end - 1]) after++;
  return { start: origins[start] as number, end: origins[after] as number };
}

function isPartOfWord(start: number, end: number, { origins }: FoldedText, original: string): boolean {
  const wordAt = (unit: number) => {
    const character = String.fromCodePoint(original.codePointAt(origins[unit] as number) ?? 0);
    return WORD_CHARACTER.test(character);
  };
  return (start > 0 && wordAt(start - 1)) || (end < origins.length - 1 && wordAt(end));
}

/** Places that overlap become one, with the replacement of the first or longest. */
function merged(places: readonly Place[]): Place[] {
  const result: Place[] = [];
  for (const place of places.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (last && place.start < last.end) last.end = Math.max(last.end, place.end);
    else result.push({ ...place });
  }
  return result;
}
