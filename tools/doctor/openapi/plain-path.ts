/**
 * Paths that a server reads as they are written: no dot segments, no empty ones, and nothing that some servers decode or cut off
 * first (`%`, `\\`, `;`), nor a query.
 */

const PLAIN_SEGMENT = /^(?!\.{1,2}$)[\w.~!$'()*+,:@=-]+$/;

/**
 * Whether a described path is plain. Parameters in braces count as plain; one slash may end it.
 * @param path below the origin, from its first slash
 */
export function isPlainPath(path: string): boolean {
  const [start, ...segments] = path.replace(/(?<=[^/])\/$/, '').split('/');
  return (
    start === '' &&
    segments.length > 0 &&
    segments.every((segment) => PLAIN_SEGMENT.test(segment.replaceAll(/\{[\w.-]+\}/g, 'x')))
  );
}
