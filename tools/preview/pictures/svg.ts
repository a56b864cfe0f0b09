/** The parts of pictures. Everything in them is escaped here. */

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const INK = '#24292f';
export const FAINT = '#57606a';
export const LINE = '#d0d7de';
export const WHITE = '#fff';
export const LINE_PX = 15;
/** Height of a row of a table. */
export const ROW_PX = 18;

/** Attributes of a plain text. */
export const inked = `font-size="11" fill="${INK}"`;

const CHARACTER_PX = 6.1;

export const escaped = (text: string): string =>
  text.replace(
    /[&<>"]/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign,
  );

export const rect = ({ x, y, width, height }: Box, fill: string, radius = 0): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${fill}"/>`;

/** @param style attributes, as they are written */
export const text = (
  x: number,
  y: number,
  content: string,
  style = `font-size="11" fill="${FAINT}"`,
): string => `<text x="${x}" y="${y}" ${style}>${escaped(content)}</text>`;

/** A document of a size, in pixels. @param title what it shows, for those who cannot see it */
export const svgDocument = (
  { width, height }: Pick<Box, 'width' | 'height'>,
  title: string,
  parts: readonly string[],
): string =>
  `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" role="img" aria-label="${escaped(title)}">`,
    rect({ x: 0, y: 0, width, height }, '#f6f8fa'),
    ...parts,
    '</svg>',
  ].join('\n')}\n`;

/** As much of a text as a width has room for. */
export function shortened(content: string, width: number): string {
  const room = Math.floor(width / CHARACTER_PX);
  return content.length <= room ? content : `${content.slice(0, Math.max(1, room - 1))}…`;
}

/** Wraps paragraphs to lines of a width, `most` of them. */
export function wrapped(paragraphs: string, width: number, most: number): string[] {
  const room = Math.floor(width / CHARACTER_PX);
  const lines = paragraphs.split('\n\n').flatMap((paragraph) => {
    const [first = '', ...words] = paragraph.split(' ');
    const own = [first];
    for (const word of words) {
      const longer = `${own.at(-1)} ${word}`;
      if (longer.length <= room) own[own.length - 1] = longer;
      else own.push(word);
    }
    return own;
  });
  return lines.length > most ? [...lines.slice(0, most - 1), `${lines[most - 1]}…`] : lines;
}
