import { useState } from 'preact/hooks';
import type { TableResult } from '../../../datadog/evaluator/results.ts';
import { facetName, whole } from '../shell/format.ts';
import { Scrolling } from './scrolling.tsx';
import { ValueButton } from './value-button.tsx';
import type { OnPick } from './widget-view.tsx';

/** Rows that are drawn at first. */
const FIRST_ROWS = 50;

interface Order {
  /** The index of a column; -1 for the values. */
  column: number;
  descending: boolean;
}

function sorted({ rows }: TableResult, { column, descending }: Order): TableResult['rows'] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) =>
    column < 0
      ? sign * a.value.localeCompare(b.value)
      : sign * ((a.cells[column] ?? 0) - (b.cells[column] ?? 0)),
  );
}

/** A table, which its headings sort. */
export function TableView({ title, result, onPick }: { title: string; result: TableResult; onPick: OnPick }) {
  const [order, setOrder] = useState<Order>({ column: 0, descending: true });
  const [isWhole, setWhole] = useState(false);
  const rows = sorted(result, order);
  const shown = isWhole ? rows : rows.slice(0, FIRST_ROWS);
  const heading = (name: string, column: number) => {
    const isBy = order.column === column;
    return (
      <th
        key={column}
        scope="col"
        class={column < 0 ? '' : 'number-column'}
        aria-sort={isBy ? (order.descending ? 'descending' : 'ascending') : 'none'}
      >
        <button
          type="button"
          class="sort"
          onClick={() => setOrder({ column, descending: isBy ? !order.descending : column >= 0 })}
        >
          {name} <span aria-hidden="true">{isBy ? (order.descending ? '↓' : '↑') : ''}</span>
        </button>
      </th>
    );
  };
  return (
    <Scrolling title={title}>
      <table>
        <thead>
          <tr>
            {heading(facetName(result.facet), -1)}
            {result.columns.map(heading)}
          </tr>
        </thead>
        <tbody>
          {shown.map(({ value, cells }) => (
            <tr key={value}>
              <th scope="row">
                <ValueButton facet={result.facet} value={value} onPick={onPick} />
              </th>
              {cells.map((cell, index) => (
                <td key={result.columns[index]} class="count">
                  {cell === undefined ? '' : whole(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < rows.length && (
        <button type="button" onClick={() => setWhole(true)}>
          Show all {whole(rows.length)} rows
        </button>
      )}
    </Scrolling>
  );
}
