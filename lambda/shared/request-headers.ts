/** Which headers a request to Valence may carry. A profile names them, and whoever writes one is not always the owner of the key. */

/** Source: RFC 9110, 5.6.2 "Tokens". */
const NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;

/** Headers that say which server is meant, where a request ends and how its connection goes on. */
const OF_CONNECTION =
  /^(host|connection|keep-alive|transfer-encoding|content-length|te|trailer|upgrade|expect|proxy-.*)$/i;

/** Line breaks among them begin another header. Letters beyond U+00FF cannot be sent. */
const UNUSABLE = /[\p{Cc}\u{100}-\u{10ffff}]/u;

/** What is wrong with the name of a header, as the end of a sentence; undefined for nothing. */
export function headerNameProblem(name: string): string | undefined {
  if (!NAME.test(name)) return 'is not the name of a header';
  return OF_CONNECTION.test(name) ? 'belongs to the connection, which sets it itself' : undefined;
}

/** What is wrong with the value of a header, as the end of a sentence that does not show it; undefined for nothing. */
export const headerValueProblem = (value: string): string | undefined =>
  UNUSABLE.test(value) ? 'holds line breaks or other characters that no header can carry' : undefined;
