import { useState } from 'preact/hooks';
import type { FoundLogs, ListedLog } from '../../explore/answers.ts';
import { withQuery } from '../shell/address.ts';
import { useAnswer } from '../shell/answer.ts';
import { time } from '../shell/format.ts';
import { Status } from '../shell/status.tsx';
import { TableHead } from '../shell/table-head.tsx';

/** Opens one log. */
export type OnOpen = (id: number) => void;

/** Logs as rows of a table. */
export const LogRows = ({ logs, onOpen }: { logs: readonly ListedLog[]; onOpen: OnOpen }) => (
  <>
    {logs.map(({ id, status, timestamp, service, message, marks }) => (
      <tr key={id}>
        <td>
          <Status text={status} />
        </td>
        <td class="date">{time(timestamp)}</td>
        <td class="service">{service}</td>
        <td class="message">
          {marks.map((mark) => (
            <span key={mark} class="mark">
              {mark}
            </span>
          ))}
          <button type="button" class="value" onClick={() => onOpen(id)}>
            {message || '(no message)'}
          </button>
        </td>
      </tr>
    ))}
  </>
);

export const LogHead = () => <TableHead names={['status', 'date (UTC)', 'service', 'message']} />;

/**
 * All logs of a search, newest first, page by page.
 * @param first its first page
 */
export const LogTable = ({
  first,
  search,
  onOpen,
}: {
  first: FoundLogs;
  search: URLSearchParams;
  onOpen: OnOpen;
}) => (
  <div class="logs">
    <table class="list">
      <LogHead />
      <tbody>
        <LogRows logs={first.logs} onOpen={onOpen} />
        <Rest next={first.next} search={search} onOpen={onOpen} />
      </tbody>
    </table>
  </div>
);

interface RestProps {
  next: string | null;
  search: URLSearchParams;
  onOpen: OnOpen;
}

/** A button that takes the place of the following pages until it is pressed. */
function Rest({ next, ...props }: RestProps) {
  const [isShown, setShown] = useState(false);
  if (next === null) return null;
  if (isShown) return <Following next={next} {...props} />;
  return (
    <tr>
      <td colSpan={3}>
        <button type="button" onClick={() => setShown(true)}>
          Show more
        </button>
      </td>
    </tr>
  );
}

function Following({ next, search, onOpen }: RestProps & { next: string }) {
  const { value, error } = useAnswer<FoundLogs>('api/logs', withQuery(search, { cursor: next }));
  if (!value) {
    return (
      <tr>
        <td colSpan={3}>{error ?? '…'}</td>
      </tr>
    );
  }
  return (
    <>
      <LogRows logs={value.logs} onOpen={onOpen} />
      <Rest next={value.next} search={search} onOpen={onOpen} />
    </>
  );
}
