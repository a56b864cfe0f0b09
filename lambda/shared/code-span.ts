import type { JsonObject } from './json.ts';

/** What ends a code span of two backticks in Markdown: line breaks (with them other white space), and backticks in a row. */
const ENDS_A_SPAN = /[\t-\r\x85\u2028\u2029]+|`{2,}/g;

/** A character that shows something: neither a blank of any kind, nor invisible. */
const VISIBLE = /[^\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/**
 * The value as a message in Datadog can show it: in a code span of two backticks, where a text is on one line and cannot become
 * a link, an image, a mention or a heading. Datadog's templates escape nothing. A text that shows
 * nothing is an empty text, so that no title ends in it and no group is called so. Of a list, each text. Redaction takes the
 * value for the same as before, see fold.ts.
 */
export function forCodeSpan(value: unknown): unknown {
  if (!Array.isArray(value)) return textForCodeSpan(value);
  const texts = value.map(textForCodeSpan);
  return texts.some((text, index) => text !== value[index]) ? texts : value;
}

const textForCodeSpan = (value: unknown): unknown => (typeof value === 'string' ? shownText(value) : value);

const shownText = (text: string): string =>
  VISIBLE.test(text)
    ? text.replace(ENDS_A_SPAN, (match) => (match.startsWith('`') ? "'".repeat(match.length) : ' '))
    : '';

/** The object with {@link forCodeSpan} of some fields; the object itself if that changes none. */
export function withFieldsForCodeSpans(object: JsonObject, fields: readonly string[]): JsonObject {
  let result = object;
  for (const field of fields) {
    const value = object[field];
    const text = forCodeSpan(value);
    if (text !== value) result = { ...result, [field]: text };
  }
  return result;
}
