/**
 * A document with a table between the two marks of its name: `<!-- rules:begin -->` and `<!-- rules:end -->`.
 * @throws {Error} when the marks are missing
 */
export function withTable(document: string, name: string, table: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const start = document.indexOf(begin);
  const stop = document.indexOf(end, start);
  if (start < 0 || stop < 0) throw new Error(`There is no place for the table: ${begin} ... ${end}`);
  return `${document.slice(0, start)}${begin}\n${table}\n${document.slice(stop)}`;
}
