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

/** What replacing one name costs. */
const COST_OF_A_PLACE = 5000;

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

  /**
   * Notes a value. All ways of writing it are the same, see fold.ts.
   * @param alone whether it is also replaced where it is the whole value of another field
   */
  add(value: string, replacement: string, alone: boolean): void {
    if (!this.#mayCompare(foldingCost(value))) return;
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
    const open: { from: object; to: object }[] = [{ from: { root: value }, to: copy }];
    for (let pair = open.pop(); pair; pair = open.pop()) {
      const uses = new Map<string, number>();
      for (const [key, item] of Object.entries(pair.from)) {
        const cleaned = this.#cleanItem(item, SENTENCES.has(key));
        // Not an assignment: a record may have a field named __proto__.
        Object.defineProperty(pair.to, this.#cleanKey(key, pair.from, uses), {
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
  #cleanKey(key: string, object: object, uses: Map<string, number>): string {
    const cleaned = /^\w+$/.test(key) ? key : this.#cleanText(key);
    if (cleaned === key) return key;
    let name = cleaned;
    do {
      const use = (uses.get(cleaned) ?? 0) + 1;
      uses.set(cleaned, use);
      name = use === 1 ? cleaned : `${cleaned} ${use}`;
    } while (Object.hasOwn(object, name));
    return name;
  }

  /** A text without the values, an empty container that is to be filled, or anything else as it is. */
  #cleanItem(item: unknown, isSentence: boolean): unknown {
    if (typeof item === 'string') return this.#cleanText(item, isSentence);
    if (item === null || typeof item !== 'object' || isLosslessNumber(item)) return item;
    return Array.isArray(item) ? [] : ({} satisfies JsonObject);
  }

  #cleanText(text: string, isSentence = false): string {
    const cost = foldingCost(text);
    if (text.length > MAX_SEARCHED_CHARACTERS || !this.#mayCompare(cost)) return REMOVED;
    const searched = folded(text).trim();
    const whole = this.#replacements.get(searched);
    if (whole && (whole.alone || isSentence)) return whole.text;
    if (searched.length > MAX_SEARCHED_CHARACTERS || !this.#mayCompare(this.#replacements.size))
      return REMOVED;
    const found: [string, string][] = [];
    for (const [name, replacement] of this.#replacements) {
      if (name.length >= searched.length) continue;
      const comparisons = name.length * searched.length;
      if (!this.#mayCompare(comparisons)) return REMOVED;
      if (!searched.includes(name)) continue;
      // Once for its places, and once more without them.
      if (!this.#mayCompare(2 * comparisons)) return REMOVED;
      found.push([name, replacement.text]);
    }
    if (found.length === 0) return text;
    if (!this.#mayCompare(FOLDINGS_OF_A_FOUND_TEXT * cost)) return REMOVED;
    const mayReplace = (places: number) => this.#mayCompare(places * COST_OF_A_PLACE);
    return withoutNames(text, found, mayReplace) ?? REMOVED;
  }

  #mayCompare(times: number): boolean {
    this.#comparisonsLeft -= times;
    return this.#comparisonsLeft >= 0;
  }
}
