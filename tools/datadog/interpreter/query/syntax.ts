import { NotModelled } from '../not-modelled.ts';
import { SIGNAL_STATUSES, STATUSES } from '../status.ts';

/** The condition of a term on a value. */
export type Test =
  | { kind: 'equals'; value: string }
  | { kind: 'wildcard'; pattern: string }
  | { kind: 'exists' }
  /** Numbers from `from` to `to`; a bound that is left out is open. */
  | { kind: 'range'; from?: Bound; to?: Bound };

export interface Bound {
  value: number;
  included: boolean;
}

/** A log search. */
export type Query =
  | { kind: 'everything' }
  | { kind: 'and' | 'or'; parts: Query[] }
  | { kind: 'not'; part: Query }
  /** `@path`, a reserved attribute or the key of a tag. */
  | { kind: 'facet'; facet: string; test: Test }
  /** Words of the message. */
  | { kind: 'text'; test: Test };

const KEY = /@?[A-Za-z_][\w.-]*:/y;
const QUOTED = /"((?:[^"\\]|\\["\\])*)"/y;
const BARE = /(?:[^\s()"\\:[\]{}<>=!^~&|#]|\\.)+/y;
const RANGE = /\[\s*(\*|-?\d+(?:\.\d+)?)\s+TO\s+(\*|-?\d+(?:\.\d+)?)\s*\]/y;
const COMPARISON = /(>=|<=|>|<)\s?(-?\d+(?:\.\d+)?)/y;
const WORD = /(AND|OR|NOT)(?=[\s(])/y;
const SPACE = /\s*/y;

/** Values that a search for a status may have. */
const KNOWN_STATUSES: readonly string[] = [...STATUSES, ...SIGNAL_STATUSES];

/** Keys without `@` that are not tags. */
const RESERVED = new Set(['service', 'source', 'status']);

const unescaped = (text: string) => text.replace(/\\(.)/g, '$1');

/**
 * Parses a log search: terms (`@path:value`, `service:`, `source:`, `status:`, tags, words and quoted phrases of the
 * message), wildcards, `[1 TO 5]`, `>=5`, groups of values `@path:(a OR b)`, AND (also implied between two terms), OR, NOT,
 * `-` and parentheses.
 * Source: Datadog documentation, "Log search syntax".
 * @throws {NotModelled} when the query holds anything else
 */
export function parseQuery(query: string): Query {
  return new Parser(query).parse();
}

class Parser {
  readonly #query: string;
  #at = 0;

  constructor(query: string) {
    this.#query = query;
  }

  parse(): Query {
    this.#take(SPACE);
    if (this.#ended()) return { kind: 'everything' };
    const query = this.#either();
    if (!this.#ended()) this.#refuse();
    return query;
  }

  /** @param facet what the values of a group belong to */
  #either(facet?: string): Query {
    const parts = [this.#all(facet)];
    while (this.#word('OR')) parts.push(this.#all(facet));
    return joined('or', parts);
  }

  #all(facet?: string): Query {
    const parts = [this.#one(facet)];
    while (!this.#ended() && !this.#ahead(')') && !this.#aheadWord('OR')) {
      this.#word('AND');
      parts.push(this.#one(facet));
    }
    return joined('and', parts);
  }

  #one(facet?: string): Query {
    if (this.#word('NOT') || this.#symbol('-')) return { kind: 'not', part: this.#one(facet) };
    if (this.#symbol('(')) return this.#group(facet);
    if (facet !== undefined) return this.#facet(facet, this.#test());
    const key = this.#take(KEY)?.[0].slice(0, -1);
    if (key === undefined) return this.#text();
    return this.#symbol('(') ? this.#group(key) : this.#facet(key, this.#test());
  }

  #group(facet?: string): Query {
    this.#take(SPACE);
    const query = this.#either(facet);
    if (!this.#symbol(')')) this.#refuse();
    this.#take(SPACE);
    return query;
  }

  #text(): Query {
    const test = this.#test();
    return test.kind === 'exists' ? { kind: 'everything' } : { kind: 'text', test };
  }

  #facet(facet: string, test: Test): Query {
    if (!facet.startsWith('@') && !RESERVED.has(facet) && facet.includes('.')) {
      throw new NotModelled(`the tag "${facet}" in the query ${this.#query}: an attribute starts with @`);
    }
    if (facet === 'status' && test.kind === 'equals' && !KNOWN_STATUSES.includes(test.value)) {
      throw new NotModelled(`the status "${test.value}" in the query ${this.#query}`);
    }
    return { kind: 'facet', facet, test };
  }

  #test(): Test {
    const test = this.#range() ?? this.#comparison() ?? this.#quoted() ?? this.#bare();
    const next = this.#query[this.#at];
    if (next !== undefined && next !== ')' && !/\s/.test(next)) this.#refuse();
    this.#take(SPACE);
    return test;
  }

  #range(): Test | undefined {
    const match = this.#take(RANGE);
    if (!match) return undefined;
    const bound = (text: string | undefined) =>
      text === undefined || text === '*' ? undefined : { value: Number(text), included: true };
    const [from, to] = [bound(match[1]), bound(match[2])];
    return { kind: 'range', ...(from && { from }), ...(to && { to }) };
  }

  #comparison(): Test | undefined {
    const match = this.#take(COMPARISON);
    if (!match) return undefined;
    const [, sign = '', number] = match;
    const bound = { value: Number(number), included: sign.endsWith('=') };
    return sign.startsWith('>') ? { kind: 'range', from: bound } : { kind: 'range', to: bound };
  }

  /** Within quotes `*` is no wildcard. */
  #quoted(): Test | undefined {
    const match = this.#take(QUOTED);
    return match && { kind: 'equals', value: unescaped(match[1] ?? '') };
  }

  #bare(): Test {
    const value = this.#take(BARE)?.[0] ?? this.#refuse();
    if (/^(-.*|AND|OR|NOT)$/.test(value)) this.#refuse();
    if (value === '*') return { kind: 'exists' };
    return /(?<!\\)[*?]/.test(value)
      ? { kind: 'wildcard', pattern: value }
      : { kind: 'equals', value: unescaped(value) };
  }

  #word(word: 'AND' | 'OR' | 'NOT'): boolean {
    if (!this.#aheadWord(word)) return false;
    this.#at += word.length;
    this.#take(SPACE);
    return true;
  }

  #symbol(symbol: string): boolean {
    if (!this.#ahead(symbol)) return false;
    this.#at += symbol.length;
    if (symbol === '(') this.#take(SPACE);
    return true;
  }

  #ahead(symbol: string): boolean {
    return this.#query.startsWith(symbol, this.#at);
  }

  #aheadWord(word: string): boolean {
    WORD.lastIndex = this.#at;
    return WORD.exec(this.#query)?.[1] === word;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#query) ?? undefined;
    if (match) this.#at += match[0].length;
    return match;
  }

  #ended(): boolean {
    return this.#at === this.#query.length;
  }

  #refuse(): never {
    throw new NotModelled(`"${this.#query.slice(this.#at)}" in the query ${this.#query}`);
  }
}

const joined = (kind: 'and' | 'or', parts: Query[]): Query =>
  parts.length === 1 && parts[0] ? parts[0] : { kind, parts };
