import { isLosslessNumber } from 'lossless-json';
import type { JsonObject } from '../../../../shared/json.ts';
import { EACH } from '../../../../shared/redact-path.ts';
import type { LogBudget } from './budget.ts';
import { foldedWithin } from './fold.ts';
import type { KeptPlaces } from './kept-places.ts';
import { MAX_SEARCHED_CHARACTERS, nameIn, withoutNames } from './names.ts';
import { sentenceParts } from './sentences.ts';

/** Replaces a removed value. */
export const REMOVED = '[redacted]';

/** What one step of the search for each noted name costs, however short the text; and what noting one costs. */
const COST_OF_A_NAME = 30;
const COST_OF_NOTING = 2000;

/** What a field costs whose name has to be searched, without the search. */
const COST_OF_A_KEY = 8000;

/** Fields that may hold a sentence of an audit record. */
const SENTENCES: ReadonlySet<string> = new Set([
  'message',
  'details',
  'summaryLine',
  'eventSummary',
  'description',
]);

/** An object or list, and its copy, which is to be filled. */
interface Pair {
  from: object;
  to: object;
  /** Where nothing below is searched. */
  kept: KeptPlaces | undefined;
}

/** Values that must not remain in the texts of a log, and what takes their place. */
export class RedactedTexts {
  readonly #replacements = new Map<string, string>();
  /** Hashes that rules wrote. A name that happens to be a part of one must not change it. */
  readonly #hashes = new Set<string>();
  readonly #keepsSentences: boolean;
  readonly #budget: LogBudget;

  /** @param keepsSentences whether the words around names stay in the sentences of an audit record */
  constructor(keepsSentences: boolean, budget: LogBudget) {
    this.#keepsSentences = keepsSentences;
    this.#budget = budget;
  }

  /** Whether no text has to be changed. */
  get isEmpty(): boolean {
    return this.#replacements.size === 0 && !this.#budget.isExhausted;
  }

  /** Takes work from what a log may cost. @returns false when too much was spent: then no text is searched any more */
  spend(comparisons: number): boolean {
    return this.#budget.spend(comparisons);
  }

  /** Notes a value. All ways of writing it are the same, see fold.ts. The first replacement of a value counts. */
  add(value: string, replacement: string): void {
    if (!this.spend(COST_OF_NOTING)) return;
    const searched = this.#folded(value);
    const name = searched === undefined ? undefined : nameIn(value, searched);
    if (name !== undefined && !this.#replacements.has(name)) this.#replacements.set(name, replacement);
  }

  /** Notes a hash that takes the place of a value. It stays as it is. */
  keep(hash: string): void {
    this.#hashes.add(hash);
  }

  /**
   * A copy of a log without the noted values, in its texts and in names that are no identifiers (`anna@example.com`).
   * It does not recurse, so hostile nesting cannot overflow the stack.
   * @param kept where a text stays as it is
   */
  clean<T extends object>(log: T, kept: KeptPlaces): T {
    const copy = {};
    const open: Pair[] = [{ from: log, to: copy, kept }];
    for (let pair = open.pop(); pair; pair = open.pop()) {
      if (Array.isArray(pair.from)) this.#cleanList(pair.from, pair, open);
      else this.#cleanObject(pair.from, pair, open);
    }
    return copy as T;
  }

  #cleanObject(from: object, pair: Pair, open: Pair[]): void {
    const uses = new Map<string, number>();
    for (const key of Object.keys(from)) {
      const name = this.#cleanKey(key, pair, uses);
      if (name === undefined) continue;
      const item: unknown = Reflect.get(from, key);
      const kept = pair.kept?.get(key);
      const cleaned = this.#cleanItem(item, kept, SENTENCES.has(key));
      // Not an assignment: a record may have a field named __proto__.
      Object.defineProperty(pair.to, name, {
        value: cleaned,
        enumerable: true,
        writable: true,
        configurable: true,
      });
      if (cleaned !== item && typeof item === 'object')
        open.push({ from: item as object, to: cleaned as object, kept });
    }
  }

  /**
   * The name of a field without the values. Names that become equal are numbered, so that no field replaces another.
   * @param uses how often each changed name was used for a field of the object
   * @returns undefined for a field that goes with its name: once too much was spent, each but the first of an object
   */
  #cleanKey(key: string, { from, to }: Pair, uses: Map<string, number>): string | undefined {
    if (/^\w+$/.test(key)) return key;
    const isSearched = this.spend(COST_OF_A_KEY);
    const cleaned = isSearched ? this.#cleanText(key) : REMOVED;
    if (cleaned === key) return key;
    if (!isSearched && uses.has(REMOVED)) return undefined;
    let name: string;
    do {
      const use = (uses.get(cleaned) ?? 0) + 1;
      uses.set(cleaned, use);
      name = use === 1 ? cleaned : `${cleaned} ${use}`;
    } while (Object.hasOwn(from, name) || Object.hasOwn(to, name));
    return name;
  }

  /** Not by its entries, which take many times its memory. */
  #cleanList(from: readonly unknown[], pair: Pair, open: Pair[]): void {
    const kept = pair.kept?.get(EACH);
    for (const item of from) {
      const cleaned = this.#cleanItem(item, kept, false);
      (pair.to as unknown[]).push(cleaned);
      if (cleaned !== item && typeof item === 'object')
        open.push({ from: item as object, to: cleaned as object, kept });
    }
  }

  /** A text without the values, an empty container that is to be filled, or anything else as it is. */
  #cleanItem(item: unknown, kept: KeptPlaces | undefined, isSentence: boolean): unknown {
    if (typeof item === 'string') {
      if (kept?.size === 0) return item;
      return isSentence ? this.#cleanSentence(item) : this.#cleanText(item);
    }
    if (item === null || typeof item !== 'object' || isLosslessNumber(item)) return item;
    return Array.isArray(item) ? [] : ({} satisfies JsonObject);
  }

  /** A sentence without the values. The words that Valence writes in the details of an audit record stay. */
  #cleanSentence(sentence: string): string {
    const isSearched = this.#keepsSentences && sentence.length <= MAX_SEARCHED_CHARACTERS;
    const parts = isSearched ? sentenceParts(sentence) : undefined;
    if (!parts) return this.#cleanText(sentence);
    return parts.map(({ text, chosen }) => (chosen ? this.#cleanText(text) : text)).join('');
  }

  /** @returns undefined for a text that is too long to be searched, or when too much was spent */
  #folded(text: string): string | undefined {
    return foldedWithin(text, MAX_SEARCHED_CHARACTERS, (comparisons) => this.spend(comparisons));
  }

  #cleanText(text: string): string {
    if (this.#hashes.has(text)) return text;
    const searched = this.#folded(text)?.trim();
    if (searched === undefined) return REMOVED;
    const whole = this.#replacements.get(searched);
    if (whole !== undefined) return whole;
    if (!this.spend(this.#replacements.size * COST_OF_A_NAME)) return REMOVED;
    const found: [string, string][] = [];
    for (const [name, replacement] of this.#replacements) {
      if (name.length >= searched.length) continue;
      if (!this.spend(name.length * searched.length)) return REMOVED;
      if (!searched.includes(name)) continue;
      found.push([name, replacement]);
    }
    if (found.length === 0) return text;
    return withoutNames(text, found, (comparisons) => this.spend(comparisons)) ?? REMOVED;
  }
}
