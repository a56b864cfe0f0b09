import { type Box, FAINT, inked, LINE, ROW_PX, rect, shortened, text, WHITE } from './svg.ts';

/** A cell of a table. */
export interface Cell {
  content: string;
  isNumber?: boolean;
  /** Its background, of a status or severity. */
  fill?: string;
}

/** A text in a rectangle of its colour. */
const badge = (content: string, fill: string, { x, y, width }: Box): string =>
  rect({ x, y: y + 2, width, height: ROW_PX - 5 }, fill, 2) +
  text(x + 6, y + 12, content, `font-size="10" fill="${WHITE}"`);

/**
 * A table: the first row has the headings, and what has no room is left out.
 * @param shares of the width that the columns have
 */
export function grid(rows: readonly (readonly Cell[])[], shares: readonly number[], box: Box): string {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const widths = shares.map((share) => Math.floor((box.width * share) / total));
  return rows
    .slice(0, Math.floor(box.height / ROW_PX))
    .map((cells, row) => {
      const y = box.y + row * ROW_PX;
      let x = box.x;
      const drawn = cells.map(({ content, isNumber, fill }, column) => {
        const width = widths[column] ?? 0;
        const style = row === 0 ? `font-size="10" fill="${FAINT}"` : inked;
        const shown = shortened(content, width - 6);
        const end = `${style} text-anchor="end"`;
        const plain = isNumber ? text(x + width - 6, y + 12, shown, end) : text(x, y + 12, shown, style);
        const cell = fill ? badge(content, fill, { x, y, width: width - 10, height: ROW_PX }) : plain;
        x += width;
        return cell;
      });
      return `${drawn.join('')}<path d="M${box.x} ${y + ROW_PX - 1}H${box.x + box.width}" stroke="${LINE}"/>`;
    })
    .join('');
}
