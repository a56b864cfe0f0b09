import type { ShownWidget } from '../../api.ts';
import { Bars } from '../charts/bars.tsx';
import { Ring } from '../charts/ring.tsx';
import { WorldMap } from '../charts/world-map.tsx';
import { ListView } from './list-view.tsx';
import { QueryValueView } from './query-value.tsx';
import { TableView } from './table-view.tsx';
import { Toplist } from './toplist.tsx';
import type { Clicked } from './value-menu.tsx';

/** Reports that a value, or a bar, was clicked. */
export type OnPick = (what: Pick<Clicked, 'value' | 'bar' | 'facet'>, at: { x: number; y: number }) => void;

const SPANS: Readonly<Record<string, string>> = { '1d': 'past day', '1w': 'past week', '1mo': 'past month' };

/** A widget: its title, and what it shows. */
export function WidgetView({
  widget: { title, type, span, links, result },
  onClick,
  hasInventedCountries,
}: {
  widget: ShownWidget;
  onClick: (clicked: Clicked) => void;
  hasInventedCountries: boolean;
}) {
  const pick: OnPick = (what, at) => onClick({ ...what, ...at, links });
  return (
    <article class={`widget is-${type}`} aria-label={title}>
      <h3>
        {title}
        {span && <small> {SPANS[span] ?? span}</small>}
        {type === 'geomap' && hasInventedCountries && <small> invented countries</small>}
      </h3>
      <Content type={type} title={title} result={result} onPick={pick} />
    </article>
  );
}

function Content({
  type,
  title,
  result,
  onPick,
}: Pick<ShownWidget, 'type' | 'title' | 'result'> & { onPick: OnPick }) {
  switch (result.kind) {
    case 'not-drawn':
      return <p class="no-data">Not in the preview. {result.reason}</p>;
    case 'value':
      return <QueryValueView result={result} />;
    case 'table':
      return result.rows.length === 0 ? (
        <NoData />
      ) : (
        <TableView title={title} result={result} onPick={onPick} />
      );
    case 'list':
      return result.rows.length === 0 ? <NoData /> : <ListView title={title} result={result} />;
    case 'series':
      return result.series.some(({ counts }) => counts.some(Boolean)) ? (
        <Bars title={title} result={result} onPick={onPick} />
      ) : (
        <NoData />
      );
    case 'values':
      if (result.values.length === 0) return <NoData />;
      if (type === 'geomap') return <WorldMap title={title} result={result} onPick={onPick} />;
      if (type === 'sunburst') return <Ring title={title} result={result} onPick={onPick} />;
      return <Toplist title={title} result={result} onPick={onPick} />;
  }
}

const NoData = () => <p class="no-data">No data</p>;
