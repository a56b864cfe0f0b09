import type { ShownRun } from '../../explore/answers.ts';
import { time, whole } from '../shell/format.ts';
import { Status } from '../shell/status.tsx';
import { TableHead } from '../shell/table-head.tsx';

const HEADINGS = [
  'ended (UTC)',
  'run',
  'result',
  'stream',
  'fetched',
  'forwarded',
  'duplicates',
  'quarantined',
];

/** A run in the words and colours of a status. */
const STATUSES = { ok: 'ok', partial: 'warn', failed: 'error' } as const;

/** Runs, the newest first: a row for each stream. */
export const Runs = ({ runs }: { runs: readonly ShownRun[] }) => (
  <section class="runs" aria-label="Runs">
    <h2>Runs</h2>
    <div class="scrolling">
      <table>
        <TableHead names={HEADINGS} />
        <tbody>{runs.map((run) => rowsOf(run))}</tbody>
      </table>
    </div>
  </section>
);

function rowsOf({ at, name, status, streams, failure }: ShownRun) {
  const key = `${at} ${name}`;
  const beginning = (
    <>
      <td class="date">{time(at * 1000)}</td>
      <td>{name}</td>
      <td>
        <Status text={status} of={STATUSES[status]} />
      </td>
    </>
  );
  if (streams.length === 0) {
    return (
      <tr key={key}>
        {beginning}
        <td colSpan={5}>{failure}</td>
      </tr>
    );
  }
  return streams.map(({ stream, fetched, forwarded, duplicates, quarantined, problem }) => (
    <tr key={`${key} ${stream}`}>
      {beginning}
      <td>
        {stream}
        {problem !== null && <p>{problem}</p>}
      </td>
      {[fetched, forwarded, duplicates, quarantined].map((number, index) => (
        <td key={HEADINGS[index + 4]}>{whole(number)}</td>
      ))}
    </tr>
  ));
}
