import Table from 'cli-table3';
import { colour } from './colour.ts';

const NO_LINE = '';

/** Two spaces between columns, and no lines. */
const CHARS = {
  top: NO_LINE,
  'top-mid': NO_LINE,
  'top-left': NO_LINE,
  'top-right': NO_LINE,
  bottom: NO_LINE,
  'bottom-mid': NO_LINE,
  'bottom-left': NO_LINE,
  'bottom-right': NO_LINE,
  left: NO_LINE,
  'left-mid': NO_LINE,
  mid: NO_LINE,
  'mid-mid': NO_LINE,
  right: NO_LINE,
  'right-mid': NO_LINE,
  middle: '  ',
};

const isNumeric = (cell: string): boolean => /^[\d,.]*$|^-$/.test(cell);

/**
 * Rows in aligned columns; columns of numbers are aligned to the right.
 * @param headings of the columns; undefined for a table without a heading
 * @param rows as many cells each; they may be coloured
 */
export function table(headings: readonly string[] | undefined, rows: readonly (readonly string[])[]): string {
  const columns = (headings ?? rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? ''));
  const shown = new Table({
    ...(headings && { head: headings.map((heading) => colour('bold', heading)) }),
    chars: CHARS,
    colAligns: columns.map((cells) => (cells.every(isNumeric) ? 'right' : 'left')),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  shown.push(...rows.map((row) => [...row]));
  return shown
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
