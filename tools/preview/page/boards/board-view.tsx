import { useState } from 'preact/hooks';
import type { Layout } from '../../../../infra/datadog/dashboard-types.ts';
import type { ShownBoard, ShownGroup, ShownNote, ShownWidget } from '../../api.ts';
import { NoteText } from './note.tsx';
import type { Clicked } from './value-menu.tsx';
import { WidgetView } from './widget-view.tsx';

/** What widgets need to know of their board. */
interface OfBoard {
  onClick: (clicked: Clicked) => void;
  hasInventedCountries: boolean;
}

const isGroup = (part: ShownBoard['parts'][number]): part is ShownGroup => part.kind === 'group';

/** A board on Datadog's grid: widgets at its top, and groups that fold below them. */
export function BoardView({
  board,
  isLoading,
  onClick,
}: {
  board: ShownBoard;
  isLoading: boolean;
  onClick: OfBoard['onClick'];
}) {
  const of = { onClick, hasInventedCountries: board.data.inventedCountries };
  return (
    <div class="board" aria-busy={isLoading}>
      <Grid parts={board.parts.filter((part) => !isGroup(part))} {...of} />
      {board.parts.filter(isGroup).map((group, index) => (
        <GroupView key={`${board.key} ${index}`} group={group} {...of} />
      ))}
    </div>
  );
}

function GroupView({ group: { title, colour, widgets }, ...of }: { group: ShownGroup } & OfBoard) {
  const [isOpen, setOpen] = useState(true);
  return (
    <section class={`group ${colour}`}>
      <h2>
        <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> {title}
        </button>
      </h2>
      {isOpen && <Grid parts={widgets} {...of} />}
    </section>
  );
}

const Grid = ({ parts, ...of }: { parts: readonly (ShownWidget | ShownNote)[] } & OfBoard) => (
  <div class="grid">
    {parts.map((part) => (
      <div key={`${part.layout.x} ${part.layout.y}`} class="cell" style={placed(part.layout)}>
        {part.kind === 'note' ? <NoteText content={part.content} /> : <WidgetView widget={part} {...of} />}
      </div>
    ))}
  </div>
);

/** On a narrow screen the style sheet puts all cells below each other instead. */
const placed = ({ x, y, width, height }: Layout) => ({
  gridColumn: `${x + 1} / span ${width}`,
  gridRow: `${y + 1} / span ${height}`,
  '--units': height,
});
