import { foldedWithin, UNSEEN, UNSPACED } from './fold.ts';

/** Letters, marks and digits of scripts with blanks between words, and of the others. */
const SPACED_LETTER = String.raw`(?![${UNSPACED}])[\p{L}\p{M}\p{N}]`;

/** Also what RFC 5322 allows in an address, though it mostly separates one from a word before it, as in `owner=ada@example.com`. */
const SEPARATORS = "!#$%&'*/=?^{|}~";

/** One address or several in a row (`ada@example.com/bob@example.com`), with what may belong to them. */
const RUN = new RegExp(String.raw`[\p{L}\p{M}\p{N}.+_@${SEPARATORS}-]+`, 'gu');

/** Where an address may begin: at the start, after a separator, and where the script changes (`用户ada@example.com`). */
const BEGINNING = new RegExp(
  `(?:^|[${SEPARATORS}]|[${UNSPACED}](?![${UNSPACED}]))[._+${SEPARATORS}-]*`,
  'gu',
);

const DOMAIN = /^[\p{L}\p{M}\p{N}]+(?:[._-]+[\p{L}\p{M}\p{N}]+)*/u;

/** Where a domain may end: after each label, and where the script changes. */
const LABEL = new RegExp(`[${UNSPACED}]+|(?:${SPACED_LETTER})+`, 'gu');

/** As they look in any text, folded or not. */
const AT_SIGN = /[@\uff20\ufe6b]/;

const ALL_UNSEEN = new RegExp(UNSEEN, 'gu');

/** Longer ones are none. */
const MAX_LOCAL = 256;
const MAX_DOMAIN = 255;

/** Texts are read in slices, so that folding takes little memory. Each overlaps the next by more than the longest address. */
const SLICE = 100_000;
const OVERLAP = 1000;

/** What looking around one `@`, and one reading of an address, cost in comparisons of characters. */
const COST_OF_AN_AT_SIGN = 8000;
const COST_OF_A_READING = 2000;

/**
 * The e-mail addresses in a text, folded, whatever is before and after them. Where that may belong to an address, each way to read
 * it is one: `owner=ada@example.com` and `ada@example.com`.
 * @param spend takes what it costs, in comparisons of characters; once it says no, the search ends
 */
export function addressesIn(text: string, spend: (comparisons: number) => boolean): string[] {
  const found = new Set<string>();
  for (let at = 0; at < text.length; at += SLICE) {
    const slice = text.slice(at, at + SLICE + OVERLAP);
    if (!AT_SIGN.test(slice)) continue;
    // What is not shown may be within an address, or separate it from the text around it.
    for (const shown of new Set([slice, slice.replaceAll(ALL_UNSEEN, ' ')])) {
      const read = foldedWithin(shown, Number.POSITIVE_INFINITY, spend);
      if (read === undefined) return [...found];
      for (const [run] of read.matchAll(RUN)) {
        if (!addReadings(run, found, spend)) return [...found];
      }
    }
  }
  return [...found];
}

/** @returns false when it cost too much */
function addReadings(run: string, found: Set<string>, spend: (comparisons: number) => boolean): boolean {
  const parts = run.split('@');
  for (const [index, local] of parts.slice(0, -1).entries()) {
    if (!spend(COST_OF_AN_AT_SIGN)) return false;
    for (const address of readings(local, parts[index + 1] as string)) {
      if (!spend(COST_OF_A_READING)) return false;
      found.add(address);
    }
  }
  return true;
}

/** @param after begins with the domain */
function* readings(local: string, after: string): Generator<string> {
  const domain = DOMAIN.exec(after.slice(0, MAX_DOMAIN))?.[0];
  if (domain === undefined) return;
  const tail = local.slice(-MAX_LOCAL);
  const locals = Array.from(tail.matchAll(BEGINNING), ({ 0: before, index }) =>
    tail.slice(index + before.length),
  );
  const shorter = Array.from(domain.matchAll(LABEL), ({ 0: label, index }) =>
    domain.slice(0, index + label.length),
  ).filter((part) => part.includes('.'));
  for (const user of new Set([tail, ...locals])) {
    if (user === '') continue;
    for (const host of new Set([domain, ...shorter])) yield `${user}@${host}`;
  }
}
