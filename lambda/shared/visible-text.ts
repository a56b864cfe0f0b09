/**
 * Characters that do more than show themselves, or show nothing: control characters (the escape character of terminals,
 * carriage return, C1), controls of direction, zero-width characters, fillers of Hangul, the blank of Braille, selectors of
 * variants, separators of lines, and halves of surrogate pairs. Line feed and tab are layout.
 */
const UNSAFE = /[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`,
  ).join('');

/**
 * A text that is safe to show to people: what could command a terminal or change how the text around it reads is escaped, such
 * as `\u001b`. JSON stays the same JSON, because only its texts can hold such characters.
 */
export const visibleText = (text: string): string => text.replace(UNSAFE, escaped);

/** A value of a log line, for `JSON.stringify`: texts are made visible, because consoles show them to people. */
export const visibleValue = (_: string, value: unknown): unknown =>
  typeof value === 'string' ? visibleText(value) : value;
