/** Any one character. */
const ONE = Symbol('?');
/** Any text. */
const MANY = Symbol('*');

/**
 * Prepares a pattern, of which `*` is any text, `?` any character, and `\\` escapes the next character. It is no regular
 * expression: some patterns with many `*` would take a regular expression minutes.
 * @returns whether a whole text fits the pattern
 */
export function wildcard(pattern: string): (text: string) => boolean {
  const tokens = (pattern.match(/\\.|./gs) ?? []).map((part) => {
    if (part === '*') return MANY;
    return part === '?' ? ONE : part.slice(-1);
  });
  return (text) => {
    let token = 0;
    let at = 0;
    let star = -1;
    let resume = 0;
    while (at < text.length) {
      const wanted = tokens[token];
      if (wanted === MANY) {
        star = token++;
        resume = at;
      } else if (wanted === ONE || wanted === text[at]) {
        token++;
        at++;
      } else if (star >= 0) {
        // The last `*` takes one character more. An earlier one need not, because its part was found as early as possible.
        token = star + 1;
        at = ++resume;
      } else return false;
    }
    while (tokens[token] === MANY) token++;
    return token === tokens.length;
  };
}
