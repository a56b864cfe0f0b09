import type { ListResult } from '../../../datadog/evaluator/results.ts';
import { facetName, time, whole } from '../shell/format.ts';
import { Scrolling } from './scrolling.tsx';

/** Logs or signals, one in each row. */
export const ListView = ({
  title,
  result: { columns, rows, total },
}: {
  title: string;
  result: ListResult;
}) => (
  <Scrolling title={title}>
    <table class="list">
      <thead>
        <tr>
          {['status', 'date', ...columns.map(facetName), 'content'].map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ status, timestamp, cells, message }, index) => (
          <tr key={index}>
            <td>
              <span class={`status status-${status}`}>{status}</span>
            </td>
            <td class="date">{time(timestamp)}</td>
            {cells.map((cell, column) => (
              <td key={columns[column]} title={cell}>
                {cell}
              </td>
            ))}
            <td class="message" title={message}>
              {message}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
    {rows.length < total && (
      <p class="more">
        The first {whole(rows.length)} of {whole(total)}
      </p>
    )}
  </Scrolling>
);
