import type { FoundSignals } from '../explore/answers.ts';
import { LIGHT, valueColour } from '../page/charts/options.ts';
import { time, whole } from '../page/shell/format.ts';
import { type Cell, grid } from './grid.ts';
import { type Box, FAINT, INK, ROW_PX, rect, svgDocument, text, WHITE } from './svg.ts';

/** A picture of the page of signals for the docs: some of them, and why other rules are quiet. */

const WIDTH = 1130;
const MARGIN_PX = 16;
const TITLE_PX = 56;
const PAD_PX = 10;
/** What a table has in addition to its rows: its title and its edges. */
const FRAME_PX = 26 + 2 * PAD_PX;

const SIGNAL_SHARES = [0.7, 1.1, 0.5, 8];
const QUIET_SHARES = [3, 1, 6.3];

const heading = (content: string, isNumber = false): Cell => ({ content, isNumber });
const plain = (content: string): Cell => ({ content });
const number = (value: number): Cell => ({ content: whole(value), isNumber: true });

const severity = (status: string): Cell => ({
  content: status,
  fill: valueColour(LIGHT, 'severity', status, 0),
});

/** A table with its title, at a height of the picture. */
function card(
  title: string,
  rows: readonly (readonly Cell[])[],
  shares: readonly number[],
  y: number,
): string {
  const height = FRAME_PX + rows.length * ROW_PX;
  const box: Box = { x: MARGIN_PX, y, width: WIDTH - 2 * MARGIN_PX, height };
  const inner = {
    x: box.x + PAD_PX,
    y: y + 26 + PAD_PX,
    width: box.width - 2 * PAD_PX,
    height: rows.length * ROW_PX,
  };
  return [
    rect(box, WHITE, 4),
    text(inner.x, y + 22, title, `font-size="12" font-weight="600" fill="${INK}"`),
    grid(rows, shares, inner),
  ].join('\n');
}

/** The page as an SVG document. */
export function signalsPicture({ total, statuses, rules, signals, quiet }: FoundSignals): string {
  const raised = [
    ['severity', 'last found (UTC)', 'logs', ' signal'].map((name, index) => heading(name, index === 2)),
    ...signals.map(({ status, to, logs, title }) => [
      severity(status),
      plain(time(to)),
      number(logs),
      plain(` ${title}`),
    ]),
  ];
  const silent = [
    [heading('rule'), heading('matching logs', true), heading(' why')],
    ...quiet.map(({ name, matching, text: why }) => [
      plain(name.replace('Valence: ', '')),
      number(matching),
      plain(` ${why}`),
    ]),
  ];
  const quietTop = TITLE_PX + FRAME_PX + raised.length * ROW_PX + PAD_PX;
  const height = quietTop + FRAME_PX + silent.length * ROW_PX + MARGIN_PX;
  const counts = statuses.map(({ status, count }) => `${status} ${whole(count)}`).join('   ');
  return svgDocument({ width: WIDTH, height }, 'Signals', [
    text(MARGIN_PX, 26, 'Signals', `font-size="18" font-weight="600" fill="${INK}"`),
    text(
      MARGIN_PX,
      44,
      `${whole(total)} signals of ${rules.length} rules:   ${counts}`,
      `font-size="11" fill="${FAINT}"`,
    ),
    card('The newest', raised, SIGNAL_SHARES, TITLE_PX),
    card('Quiet rules', silent, QUIET_SHARES, quietTop),
  ]);
}
