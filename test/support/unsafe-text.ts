/** First and last code points of what could command a terminal, or change how the text around it reads. */
const UNSAFE_RANGES = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x2800, 0x2800],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xe0000, 0xe0fff],
] as const;

/** The characters of a text that people should never be shown, as hexadecimal numbers. Line feed and tab are none. */
export const unsafeIn = (text: string): string[] =>
  Array.from(text, (character) => character.codePointAt(0) ?? 0)
    .filter((code) => UNSAFE_RANGES.some(([first, last]) => code >= first && code <= last))
    .map((code) => code.toString(16));

/** Writes to the clipboard, clears the screen, hides text, goes back in the line, turns the text around. */
export const ESCAPES =
  '\x1b]52;c;dG91Y2g=\x07\x1b[2J\x1b[8m\x9b31m\r\0\x7f\u202e\u2066\u200f\u200b\u2028\u{e0041}';
