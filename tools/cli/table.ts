import Table from 'cli-table3';
import { colour, inOneLine } from './terminal.ts';
import { fitted, indented, screenColumns, widthOf } from './width.ts';

const NO_LINE = '';
const GAP = '  ';

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
  middle: GAP,
};

/** Text in a narrower column is hard to read. */
const LEAST_TEXT_COLUMNS = 28;

const isNumeric = (cell: string): boolean => /^[\d,.]*$|^-$/.test(cell);

type Rows = readonly (readonly string[])[];

const columnsOf = (rows: Rows): string[][] =>
  (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? ''));

/** Rows in columns that are as wide as their widest cell. */
function aligned(headings: readonly string[] | undefined, rows: Rows): string {
  const shown = new Table({
    ...(headings && { head: headings.map((heading) => colour('bold', heading)) }),
    chars: CHARS,
    colAligns: columnsOf(headings ? [headings, ...rows] : rows).map((column) =>
      column.slice(headings ? 1 : 0).every(isNumeric) ? 'right' : 'left',
    ),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  shown.push(...rows.map((row) => [...row]));
  return shown
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

export interface TableOptions {
  /** How many cells name a row, where each row needs lines of its own. @default 1 */
  naming?: number;
  /** @default the width of the screen */
  columns?: number;
}

/** Each row below the cells that name it: a line for each other cell. */
function stacked(headings: readonly string[], rows: Rows, naming: number, columns: number): string {
  const room = columns - GAP.length;
  return rows
    .map((row) => {
      const cells = headings.slice(naming).map((heading, index) => [heading, row[naming + index] ?? '']);
      const title = row.slice(0, naming).map((cell) => colour('bold', cell));
      return [
        fitted(title.join(GAP), { columns }),
        ...fittedTable(undefined, cells, 1, room).split('\n'),
      ].join(`\n${GAP}`);
    })
    .join('\n\n');
}

/** Each row with its last cell on lines of its own, if that cell is long. */
const withTextBelow = (rows: Rows, columns: number): string =>
  rows
    .map((row) => {
      const line = row.join(GAP).trimEnd();
      if (widthOf(line) <= columns) return line;
      const names = fitted(row.slice(0, -1).join(GAP), { columns });
      return [names, indented(row.at(-1) ?? '', GAP.length, columns)].join('\n');
    })
    .join('\n');

function fittedTable(
  headings: readonly string[] | undefined,
  rows: Rows,
  naming: number,
  columns: number,
): string {
  const widths = columnsOf(headings ? [headings, ...rows] : rows).map((cells) =>
    Math.max(...cells.map(widthOf)),
  );
  const last = widths.at(-1) ?? 0;
  const room = columns - widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0);
  if (last <= room) return aligned(headings, rows);
  if (room >= Math.max(LEAST_TEXT_COLUMNS, widthOf(headings?.at(-1) ?? ''))) {
    const wrapped = rows.map((row) => row.with(-1, fitted(row.at(-1) ?? '', { columns: room })));
    return aligned(headings, wrapped);
  }
  return headings ? stacked(headings, rows, naming, columns) : withTextBelow(rows, columns);
}

/**
 * Rows in aligned columns; columns of numbers are aligned to the right. Where they do not fit, the last column gets several lines, or
 * each row gets a block of its own.
 * @param headings of the columns; undefined for a table without a heading
 * @param rows as many cells each, of one line; they may be coloured
 */
export const table = (
  headings: readonly string[] | undefined,
  rows: Rows,
  { naming = 1, columns = screenColumns() }: TableOptions = {},
): string =>
  fittedTable(
    headings,
    rows.map((row) => row.map(inOneLine)),
    naming,
    columns,
  );
