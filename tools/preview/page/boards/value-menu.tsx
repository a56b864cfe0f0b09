import { useEffect, useRef } from 'preact/hooks';
import type { TimeFrame } from '../../../datadog/evaluator/results.ts';
import type { ShownBoard, ShownWidget } from '../../api.ts';
import { hashOf, withQuery } from '../shell/address.ts';
import { time } from '../shell/format.ts';
import { filledLink } from './filled-link.ts';
import { linkTarget, logsWith } from './links.ts';

/** What was clicked on a widget, and where. */
export interface Clicked {
  x: number;
  y: number;
  facet?: string | undefined;
  value?: string | undefined;
  /** The time of the bar that was clicked. */
  bar?: TimeFrame;
  links: ShownWidget['links'];
}

interface Action {
  label: string;
  href: string;
}

function actionsOf(
  { facet, value, bar, links }: Clicked,
  board: ShownBoard,
  query: URLSearchParams,
): Action[] {
  const path = ['boards', board.key];
  const place = { facet: facet ?? '', value: value ?? '', board };
  const variable = board.variables.find(({ prefix }) => prefix === facet);
  const ofValue =
    facet === undefined || value === undefined
      ? []
      : [
          ...(variable
            ? [
                {
                  label: `Only ${variable.name} ${value} on this board`,
                  href: hashOf(path, withQuery(query, { [`var.${variable.name}`]: value })),
                },
              ]
            : []),
          { label: 'Logs with this value', href: logsWith(facet, value, bar ?? board.frame) },
          ...links.flatMap(({ label, link }) => {
            const href = linkTarget(filledLink(link, place));
            return href ? [{ label, href }] : [];
          }),
        ];
  const ofTime = bar
    ? [
        {
          label: `Only ${time(bar.from)} – ${time(bar.to)}`,
          href: hashOf(path, withQuery(query, { from: String(bar.from), to: String(bar.to) })),
        },
      ]
    : [];
  return [...ofValue, ...ofTime];
}

const WIDTH = 280;

/** The menu of a value: to filter the board by it, and to see its logs. */
export function ValueMenu({
  clicked,
  board,
  query,
  onClose,
}: {
  clicked: Clicked;
  board: ShownBoard;
  query: URLSearchParams;
  onClose: () => void;
}) {
  const menu = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    menu.current?.querySelector('a')?.focus();
    const close = (event: Event) => {
      const isInside = event.target instanceof Node && menu.current?.contains(event.target);
      if (event instanceof KeyboardEvent ? event.key === 'Escape' : !isInside) onClose();
    };
    addEventListener('keydown', close);
    addEventListener('pointerdown', close);
    addEventListener('hashchange', onClose);
    return () => {
      removeEventListener('keydown', close);
      removeEventListener('pointerdown', close);
      removeEventListener('hashchange', onClose);
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [onClose]);
  const left = Math.max(8, Math.min(clicked.x, innerWidth - WIDTH - 8));
  const top = Math.max(8, Math.min(clicked.y, innerHeight - 240));
  return (
    <nav
      ref={menu}
      class="menu"
      aria-label={`What to do with ${clicked.value ?? 'this time'}`}
      style={{ left: `${left}px`, top: `${top}px` }}
    >
      {clicked.value !== undefined && <strong>{clicked.value}</strong>}
      {actionsOf(clicked, board, query).map(({ label, href }) => (
        <a key={label} href={href}>
          {label}
        </a>
      ))}
    </nav>
  );
}
