/** Terms in the search that is being written. */

/** Whether a search has a term of its own. */
export const hasTerm = (query: string, term: string): boolean => ` ${query} `.includes(` ${term} `);

/** The search with a term, or without it if it has the term already. */
export function toggled(query: string, term: string): string {
  if (hasTerm(query, term)) return ` ${query} `.replace(` ${term} `, ' ').trim();
  // A term binds tighter than OR.
  return `${/\bOR\b/.test(query) ? `(${query})` : query} ${term}`.trim();
}
