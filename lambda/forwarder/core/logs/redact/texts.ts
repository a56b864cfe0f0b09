import { isLosslessNumber } from 'lossless-json';
import type { JsonObject } from '../../../../shared/json.ts';
import { folded, foldingCost } from './fold.ts';
import { MAX_SEARCHED_CHARACTERS, nameIn, withoutNames } from './names.ts';

/** Replaces a removed value. */
export const REMOVED = '[redacted]';

/**
 * The most work for one log, in comparisons of characters: about half a second. A search for a name may compare each of its characters
 * at each place of the text, and folding a text costs as much as many comparisons. Only a hostile record needs more; its texts are then
 * removed without a search.
 */
const MAX_COMPARISONS = 1_000_000_000;

/** What one step of the search for each noted name costs, however short the text. */
const COST_OF_A_NAME = 30;

/** How often {@link withoutNames} folds a text, or finds where its characters come from. */
const FOLDINGS_OF_A_FOUND_TEXT = 4;

/** Fields whose whole value is a sentence, however short. */
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
}

interface Replacement {
  text: string;
  /** Also where the value is the whole value of another field. */
  alone: boolean;
}

/** Values that must not remain in the texts of a log, and what takes their place. */
export class RedactedTexts {
  readonly #replacements = new Map<string, Replacement>();
  #comparisonsLeft = MAX_COMPARISONS;

  /** Whether no text has to be changed. */
  get isEmpty(): boolean {
    return this.#replacements.size === 0 && this.#comparisonsLeft >= 0;
  }

  /** Takes work from what a log may cost. @returns false when too much was spent: then no text is searched any more */
  spend(comparisons: number): boolean {
    this.#comparisonsLeft -= comparisons;
    return this.#comparisonsLeft >= 0;
  }

  /**
   * Notes a value. All ways of writing it are the same, see fold.ts.
   * @param alone whether it is also replaced where it is the whole value of another field
   */
  add(value: string, replacement: string, alone: boolean): void {
    if (!this.spend(foldingCost(value))) return;
    const name = nameIn(value);
    if (name === undefined) return;
    const known = this.#replacements.get(name);
    this.#replacements.set(name, { text: known?.text ?? replacement, alone: alone || known?.alone === true });
  }

  /**
   * A copy of the value without the noted ones, in its texts and in names that are no identifiers (`anna@example.com`).
   * It does not recurse, so hostile nesting cannot overflow the stack.
   */
  clean<T>(value: T): T {
    const copy: { root?: T } = {};
    const open: Pair[] = [{ from: { root: value }, to: copy }];
    for (let pair = open.pop(); pair; pair = open.pop()) {
      const uses = new Map<string, number>();
      if (Array.isArray(pair.from)) {
        this.#cleanList(pair.from, pair.to as unknown[], open);
        continue;
      }
      for (const [key, item] of Object.entries(pair.from)) {
        const cleaned = this.#cleanItem(item, SENTENCES.has(key));
        // Not an assignment: a record may have a field named __proto__.
        Object.defineProperty(pair.to, this.#cleanKey(key, pair, uses), {
          value: cleaned,
          enumerable: true,
          writable: true,
          configurable: true,
        });
        if (cleaned !== item && typeof item === 'object') open.push({ from: item, to: cleaned as object });
      }
    }
    return copy.root as T;
  }

  /**
   * The name of a field without the values. Names that become equal are numbered, so that no field replaces another.
   * @param uses how often each changed name was used for a field of the object
   */
  #cleanKey(key: string, { from, to }: Pair, uses: Map<string, number>): string {
    const cleaned = /^\w+$/.test(key) ? key : this.#cleanText(key);
    if (cleaned === key) return key;
    let name: string;
    do {
      const use = (uses.get(cleaned) ?? 0) + 1;
      uses.set(cleaned, use);
      name = use === 1 ? cleaned : `${cleaned} ${use}`;
    } while (Object.hasOwn(from, name) || Object.hasOwn(to, name));
    return name;
  }

  /** Not by its entries, which take many times its memory. */
  #cleanList(from: readonly unknown[], to: unknown[], open: Pair[]): void {
    for (const item of from) {
      const cleaned = this.#cleanItem(item, false);
      to.push(cleaned);
      if (cleaned !== item && typeof item === 'object')
        open.push({ from: item as object, to: cleaned as object });
    }
  }

  /** A text without the values, an empty container that is to be filled, or anything else as it is. */
  #cleanItem(item: unknown, isSentence: boolean): unknown {
    if (typeof item === 'string') return this.#cleanText(item, isSentence);
    if (item === null || typeof item !== 'object' || isLosslessNumber(item)) return item;
    return Array.isArray(item) ? [] : ({} satisfies JsonObject);
  }

  #cleanText(text: string, isSentence = false): string {
    const cost = foldingCost(text);
    if (text.length > MAX_SEARCHED_CHARACTERS || !this.spend(cost)) return REMOVED;
    const searched = folded(text).trim();
    const whole = this.#replacements.get(searched);
    if (whole && (whole.alone || isSentence)) return whole.text;
    if (searched.length > MAX_SEARCHED_CHARACTERS || !this.spend(this.#replacements.size * COST_OF_A_NAME))
      return REMOVED;
    const found: [string, string][] = [];
    for (const [name, replacement] of this.#replacements) {
      if (name.length >= searched.length) continue;
      const comparisons = name.length * searched.length;
      if (!this.spend(comparisons)) return REMOVED;
      if (!searched.includes(name)) continue;
      // Once for its places, and once more without them.
      if (!this.spend(2 * comparisons)) return REMOVED;
      found.push([name, replacement.text]);
    }
    if (found.length === 0) return text;
    if (!this.spend(FOLDINGS_OF_A_FOUND_TEXT * cost)) return REMOVED;
    return withoutNames(text, found, (comparisons) => this.spend(comparisons)) ?? REMOVED;
  }
}
