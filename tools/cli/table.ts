import Table from 'cli-table3';
import { colour, inOneLine } from './terminal.ts';

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
 * @param rows as many cells each, of one line; they may be coloured
 */
export function table(headings: readonly string[] | undefined, rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(inOneLine));
  const columns = (headings ?? cells[0] ?? []).map((_, column) => cells.map((row) => row[column] ?? ''));
  const shown = new Table({
    ...(headings && { head: headings.map((heading) => colour('bold', heading)) }),
    chars: CHARS,
    colAligns: columns.map((column) => (column.every(isNumeric) ? 'right' : 'left')),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  shown.push(...cells);
  return shown
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
