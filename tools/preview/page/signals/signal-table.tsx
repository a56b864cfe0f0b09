import type { ListedSignal } from '../../explore/answers.ts';
import { time, whole } from '../shell/format.ts';
import { Status } from '../shell/status.tsx';
import { TableHead } from '../shell/table-head.tsx';

/** Signals, the newest first. */
export const SignalTable = ({
  signals,
  onOpen,
}: {
  signals: readonly ListedSignal[];
  onOpen: (id: string) => void;
}) => (
  <div class="signals">
    <table class="list">
      <TableHead names={['severity', 'last found (UTC)', 'logs', 'signal']} />
      <tbody>
        {signals.map(({ id, status, to, logs, title }) => (
          <tr key={id}>
            <td>
              <Status text={status} />
            </td>
            <td class="date">{time(to)}</td>
            <td>{whole(logs)}</td>
            <td class="message">
              <button type="button" class="value" title={title} onClick={() => onOpen(id)}>
                {title.replace('Valence: ', '')}
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
    {signals.length === 0 && <p class="none">No rule raises a signal here.</p>}
  </div>
);
