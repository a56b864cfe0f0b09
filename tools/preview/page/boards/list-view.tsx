import type { ListResult } from '../../../datadog/evaluator/results.ts';
import { facetName, time, whole } from '../shell/format.ts';
import { Status } from '../shell/status.tsx';
import { TableHead } from '../shell/table-head.tsx';
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
      <TableHead names={['status', 'date', ...columns.map(facetName), 'content']} />
      <tbody>
        {rows.map(({ status, timestamp, cells, message }, index) => (
          <tr key={index}>
            <td>
              <Status text={status} />
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
