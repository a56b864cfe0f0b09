/** Terms of a search, as Datadog's syntax has them. */

/** A text as it is written within quotes of a search. */
const quoted = (value: string) => value.replace(/["\\]/g, '\\$&');

/** A term that finds the logs with a value. */
export const termOf = (facet: string, value: string): string => `${facet}:"${quoted(value)}"`;

/** Whether a search has a term of its own. */
export const hasTerm = (query: string, term: string): boolean => ` ${query} `.includes(` ${term} `);

/** The search with a term, or without it if it has the term already. */
export function toggled(query: string, term: string): string {
  if (hasTerm(query, term)) return ` ${query} `.replace(` ${term} `, ' ').trim();
  // A term binds tighter than OR.
  return `${/\bOR\b/.test(query) ? `(${query})` : query} ${term}`.trim();
}
