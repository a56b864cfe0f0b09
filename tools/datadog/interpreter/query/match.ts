import type { ProcessedLog } from '../log.ts';
import { plainValuesAt } from '../paths.ts';
import { parseQuery, type Query, type Test } from './syntax.ts';

const parsedQueries = new Map<string, Query>();

/** One query is evaluated for thousands of logs. */
function parsed(text: string): Query {
  const query = parsedQueries.get(text) ?? parseQuery(text);
  parsedQueries.set(text, query);
  return query;
}

type Plain = string | number | boolean;

/**
 * Whether a log search finds a log. A list matches if any of its values does, and a path goes through the elements of
 * lists of objects.
 * @throws {NotModelled} when the query holds what is not modelled, see {@link parseQuery}
 */
export const matches = (query: string, log: ProcessedLog): boolean => holds(parsed(query), log);

/** The facets that a query names, as it writes them: `@usr.email`, `service`, `backfill`. Throws as {@link matches}. */
export function facetsOf(query: string): string[] {
  return [...new Set(named(parsed(query)))];
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
export function facetValues(log: ProcessedLog, facet: string): Plain[] {
  if (facet.startsWith('@')) return plainValuesAt(log.attributes, facet.slice(1));
  if (facet === 'service' || facet === 'source' || facet === 'status') return [log[facet]];
  const key = `${facet}:`;
  return log.tags.filter((tag) => tag.startsWith(key)).map((tag) => tag.slice(key.length));
}

function holds(query: Query, log: ProcessedLog): boolean {
  switch (query.kind) {
    case 'everything':
      return true;
    case 'and':
      return query.parts.every((part) => holds(part, log));
    case 'or':
      return query.parts.some((part) => holds(part, log));
    case 'not':
      return !holds(query.part, log);
    case 'facet':
      return facetValues(log, query.facet).some((value) => passes(query.test, value));
    case 'text':
      return saidIn(log.message, query.test);
  }
}

const isNumeric = (value: Plain) =>
  typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));

function passes(test: Test, value: Plain): boolean {
  switch (test.kind) {
    case 'exists':
      return true;
    case 'equals':
      return (
        String(value) === test.value ||
        (isNumeric(value) && isNumeric(test.value) && Number(value) === Number(test.value))
      );
    case 'wildcard':
      return wildcard(test.pattern, 's').test(String(value));
    case 'range': {
      if (!isNumeric(value)) return false;
      const number = Number(value);
      const { from, to } = test;
      const above = !from || number > from.value || (from.included && number === from.value);
      const below = !to || number < to.value || (to.included && number === to.value);
      return above && below;
    }
  }
}

/** Words of the message match without regard to case, a phrase as consecutive words. */
function saidIn(message: string, test: Test): boolean {
  const words = wordsOf(message);
  switch (test.kind) {
    case 'equals':
      return ` ${words.join(' ')} `.includes(` ${wordsOf(test.value).join(' ')} `);
    case 'wildcard': {
      const pattern = wildcard(test.pattern, 'i');
      return words.some((word) => pattern.test(word));
    }
    default:
      return false;
  }
}

const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];

/** `*` is any text, `?` any character, `\` escapes the next character. */
function wildcard(pattern: string, flags: string): RegExp {
  const source = pattern.replace(/\\(.)|[*?]|[^*?\\]+/g, (part, escaped: string | undefined) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    return (escaped ?? part).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, flags);
}
