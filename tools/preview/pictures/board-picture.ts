import type { Group, Layout } from '../../../infra/datadog/dashboard-types.ts';
import { COLUMNS, GROUP_TITLE_UNITS } from '../../../infra/datadog/dashboards/board.ts';
import type { ShownBoard, ShownGroup } from '../api.ts';
import { type Box, FAINT, INK, rect, svgDocument, text } from './svg.ts';
import { widgetPicture } from './widget-picture.ts';

/** Pictures of boards for the docs: each widget in its place, with what it shows. */

const COLUMN_PX = 92;
const UNIT_PX = 42;
const GAP_PX = 6;
const MARGIN_PX = 16;
const TITLE_PX = 56;

/** Colours of the titles of groups. */
const TITLES: Readonly<Record<Group['background_color'], string>> = {
  vivid_blue: '#3598ec',
  vivid_green: '#41c464',
  vivid_orange: '#f2994a',
  vivid_pink: '#eb5fa5',
  vivid_purple: '#8a5fd1',
  vivid_yellow: '#d9a800',
  gray: '#8c959f',
};

/** @param top of the grid that the widget is on, in units */
const boxOf = ({ x, y, width, height }: Layout, top = 0): Box => ({
  x: MARGIN_PX + x * COLUMN_PX,
  y: TITLE_PX + (y + top) * UNIT_PX,
  width: width * COLUMN_PX - GAP_PX,
  height: height * UNIT_PX - GAP_PX,
});

/** A title above the widgets of a group. */
function groupPicture({ title, colour, widgets, layout }: ShownGroup): string {
  const box = boxOf({ ...layout, height: GROUP_TITLE_UNITS });
  return [
    rect(box, TITLES[colour], 3),
    text(box.x + 10, box.y + 23, title, 'font-size="13" font-weight="600" fill="#fff"'),
    ...widgets.map((widget) => widgetPicture(widget, boxOf(widget.layout, layout.y + GROUP_TITLE_UNITS))),
  ].join('\n');
}

/** A board as an SVG document. */
export function boardPicture({ title, variables, parts }: ShownBoard): string {
  const width = 2 * MARGIN_PX + COLUMNS * COLUMN_PX - GAP_PX;
  const units = Math.max(...parts.map(({ layout }) => layout.y + layout.height));
  const height = TITLE_PX + units * UNIT_PX + MARGIN_PX - GAP_PX;
  const names = variables.map(({ name }) => `$${name}`).join('   ');
  return svgDocument({ width, height }, title, [
    text(MARGIN_PX, 26, title, `font-size="18" font-weight="600" fill="${INK}"`),
    text(MARGIN_PX, 44, names, `font-size="11" fill="${FAINT}"`),
    ...parts.map((part) =>
      part.kind === 'group' ? groupPicture(part) : widgetPicture(part, boxOf(part.layout)),
    ),
  ]);
}
