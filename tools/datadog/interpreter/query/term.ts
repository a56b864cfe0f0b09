/** Terms of a search as Datadog's syntax has them, the counterpart of the parser. */

/** A text as it is written within quotes. */
export const quoted = (value: string): string => value.replace(/["\\]/g, '\\$&');

/** A term that finds the logs with a value. */
export const termOf = (facet: string, value: string): string => `${facet}:"${quoted(value)}"`;
