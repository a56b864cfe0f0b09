/** `DATADOG_SITE`, `datadog-site` and `datadogSite` are one word. */
export const folded = (word: string): string => word.toLowerCase().replaceAll(/[-_]/g, '');

/** One letter may be wrong of so many. */
const LETTERS_PER_EDIT = 3;
/** With more wrong letters it is another word, however long it is. */
const MAX_EDITS = 4;

/**
 * The known word that a user may have meant: the one that takes the fewest edits. Case, `-` and `_` do not count.
 * @returns undefined when no known word is near
 */
export function nearWord(word: string, known: readonly string[]): string | undefined {
  const text = folded(word);
  const allowed = Math.min(MAX_EDITS, text.length / LETTERS_PER_EDIT);
  const [nearest] = known
    .map((name) => ({ name, other: folded(name) }))
    .filter(({ other }) => Math.abs(other.length - text.length) <= allowed)
    .map(({ name, other }) => ({ name, edits: editDistance(text, other) }))
    .sort((one, other) => one.edits - other.edits);
  return nearest && nearest.edits <= allowed ? nearest.name : undefined;
}

/**
 * Damerau's distance: insertions, deletions, replacements and swaps of neighbours that turn one word into the other. By hand,
 * because the usual libraries (leven, fastest-levenshtein) count a swap, the most frequent slip of all, as two.
 */
function editDistance(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 0; i < one.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j++) {
      const isSwapped = i > 0 && j > 0 && one[i] === other[j - 1] && one[i - 1] === other[j];
      const replaced = (row[j] ?? 0) + (one[i] === other[j] ? 0 : 1);
      const swapped = isSwapped ? (before[j - 1] ?? 0) + 1 : replaced;
      next.push(Math.min(replaced, swapped, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row.at(-1) ?? 0;
}
