import type { ProcessedLog } from '../log.ts';
import { plainValuesReader } from '../paths.ts';
import { parseQuery, type Query, type Test } from './syntax.ts';
import { wildcard } from './wildcard.ts';

/** Whether a search finds a log. */
export type LogTest = (log: ProcessedLog) => boolean;

type Plain = string | number | boolean;

/**
 * Prepares a search that is asked of many logs. A list matches if any of its values does, and a path goes through the elements of
 * lists of objects.
 * @throws {NotModelled} when the query holds what is not modelled, see {@link parseQuery}
 */
export const logTest = (query: string): LogTest => testOf(parseQuery(query));

/**
 * The conditions that a search demands together, in their order, each with what identifies it. Searches of one board begin with the same ones.
 * Throws as {@link logTest}.
 */
export function conditionsOf(query: string): { key: string; test: LogTest }[] {
  const parsed = parseQuery(query);
  return (parsed.kind === 'and' ? parsed.parts : [parsed])
    .filter(({ kind }) => kind !== 'everything')
    .map((part) => ({ key: JSON.stringify(part), test: testOf(part) }));
}

const knownTests = new Map<string, LogTest>();

/** The same for a search of the content, which is prepared once. Throws as {@link logTest}. */
export function matches(query: string, log: ProcessedLog): boolean {
  let test = knownTests.get(query);
  if (!test) {
    test = logTest(query);
    knownTests.set(query, test);
  }
  return test(log);
}

/** The facets that a query names, as it writes them: `@usr.email`, `service`, `backfill`. Throws as {@link logTest}. */
export function facetsOf(query: string): string[] {
  return [...new Set(named(parseQuery(query)))];
}

const named = (query: Query): string[] => {
  switch (query.kind) {
    case 'facet':
      return [query.facet];
    case 'and':
    case 'or':
      return query.parts.flatMap(named);
    case 'not':
      return named(query.part);
    default:
      return [];
  }
};

/**
 * The values that a log has for a facet: what a widget or rule that groups by the facet sees.
 * @param facet `@path`, `service`, `source`, `status` or the key of a tag
 */
export const facetValues = (log: ProcessedLog, facet: string): Plain[] => facetReader(facet)(log);

/** Prepares {@link facetValues} of one facet for many logs. */
export function facetReader(facet: string): (log: ProcessedLog) => Plain[] {
  if (facet.startsWith('@')) {
    const valuesAt = plainValuesReader(facet.slice(1));
    return ({ attributes }) => valuesAt(attributes);
  }
  if (facet === 'service' || facet === 'source' || facet === 'status') return (log) => [log[facet]];
  const key = `${facet}:`;
  const isOfKey = (tag: string) => tag.startsWith(key);
  const known = new WeakMap<ProcessedLog['tags'], Plain[]>();
  return ({ tags }) => {
    const values = known.get(tags) ?? tags.filter(isOfKey).map((tag) => tag.slice(key.length));
    known.set(tags, values);
    return values;
  };
}

function testOf(query: Query): LogTest {
  switch (query.kind) {
    case 'everything':
      return () => true;
    case 'and': {
      const parts = query.parts.map(testOf);
      return (log) => parts.every((part) => part(log));
    }
    case 'or': {
      const parts = query.parts.map(testOf);
      return (log) => parts.some((part) => part(log));
    }
    case 'not': {
      const part = testOf(query.part);
      return (log) => !part(log);
    }
    case 'facet': {
      const valuesOf = facetReader(query.facet);
      const passes = valueTest(query.test);
      return (log) => valuesOf(log).some(passes);
    }
    case 'text': {
      const said = messageTest(query.test);
      return ({ message }) => said(message);
    }
  }
}

const isNumeric = (value: Plain) =>
  typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));

function valueTest(test: Test): (value: Plain) => boolean {
  switch (test.kind) {
    case 'exists':
      return () => true;
    case 'equals': {
      const { value: wanted } = test;
      const number = isNumeric(wanted) ? Number(wanted) : undefined;
      return (value) =>
        String(value) === wanted || (number !== undefined && isNumeric(value) && Number(value) === number);
    }
    case 'wildcard': {
      const fits = wildcard(test.pattern);
      return (value) => fits(String(value));
    }
    case 'range': {
      const { from, to } = test;
      return (value) => {
        if (!isNumeric(value)) return false;
        const number = Number(value);
        const above = !from || number > from.value || (from.included && number === from.value);
        const below = !to || number < to.value || (to.included && number === to.value);
        return above && below;
      };
    }
  }
}

/** Words of the message match without regard to case, a phrase as consecutive words. */
function messageTest(test: Test): (message: string) => boolean {
  switch (test.kind) {
    case 'equals': {
      const phrase = wordsOf(test.value);
      const joined = ` ${phrase.join(' ')} `;
      return (message) => {
        const lower = message.toLowerCase();
        // Most messages lack a word of the phrase, which is found out faster than all their words.
        return (
          phrase.every((word) => lower.includes(word)) && ` ${wordsOf(lower).join(' ')} `.includes(joined)
        );
      };
    }
    case 'wildcard': {
      const fits = wildcard(test.pattern.toLowerCase());
      return (message) => wordsOf(message).some(fits);
    }
    default:
      return () => false;
  }
}

const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
