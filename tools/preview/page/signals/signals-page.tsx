import { useCallback } from 'preact/hooks';
import type { FoundSignals } from '../../explore/answers.ts';
import { go, hashOf, withQuery } from '../shell/address.ts';
import { useAnswer } from '../shell/answer.ts';
import { whole } from '../shell/format.ts';
import type { PageProps } from '../shell/pages.ts';
import { QuietTable } from './quiet-table.tsx';
import { SignalPanel } from './signal-panel.tsx';
import { SignalTable } from './signal-table.tsx';
import './signals.css';
import { Problem } from '../shell/problem.tsx';
import { Status } from '../shell/status.tsx';

const PAGE = 50;

/** What of the address narrows the list. */
const FILTER = ['status', 'rule', 'offset'];

/** What the detection rules raise over the logs, and why others stay quiet. */
export function SignalsPage({ address: { query } }: PageProps) {
  const filter = new URLSearchParams([...query].filter(([name]) => FILTER.includes(name)));
  const { value, error } = useAnswer<FoundSignals>('api/signals', filter);
  const change = (changes: Record<string, string | undefined>) =>
    go(['signals'], withQuery(query, { offset: undefined, ...changes }));
  const opened = query.get('signal');
  const key = query.toString();
  const open = useCallback(
    (id: string | undefined) => go(['signals'], withQuery(new URLSearchParams(key), { signal: id })),
    [key],
  );
  const offset = Number(query.get('offset') ?? 0);
  return (
    <>
      <div class="head">
        <h1>Signals</h1>
        <p>
          What each detection rule raises over all logs of the preview. Rules look at windows of their own, so
          no time frame is applied.
        </p>
      </div>
      <Problem text={error} />
      {!value && error === undefined && <p class="none">The rules are evaluated …</p>}
      {value && (
        <>
          <div class="choices">
            <Severities found={value} chosen={query.get('status')} query={query} />
            <label class="choice">
              <span>Rule</span>
              <select
                value={query.get('rule') ?? ''}
                onChange={({ currentTarget }) => change({ rule: currentTarget.value || undefined })}
              >
                <option value="">All rules</option>
                {value.rules.map(({ rule, name, count }) => (
                  <option key={rule} value={rule}>
                    {`${name.replace('Valence: ', '')} (${count})`}
                  </option>
                ))}
              </select>
            </label>
            <output>
              {whole(value.matching)} signals; {whole(value.quiet.length)} rules raise none, see below
            </output>
          </div>
          <SignalTable signals={value.signals} onOpen={open} />
          <p class="pages">
            {offset > 0 && (
              <button type="button" onClick={() => change({ offset: String(Math.max(0, offset - PAGE)) })}>
                Newer
              </button>
            )}
            {offset + PAGE < value.matching && (
              <button type="button" onClick={() => change({ offset: String(offset + PAGE) })}>
                Older
              </button>
            )}
          </p>
          <QuietTable rules={value.quiet} />
        </>
      )}
      {opened !== null && <SignalPanel id={opened} onClose={() => open(undefined)} />}
    </>
  );
}

/** How many signals there are of each severity, each a way to see them alone. */
const Severities = ({
  found: { statuses, total },
  chosen,
  query,
}: {
  found: FoundSignals;
  chosen: string | null;
  query: URLSearchParams;
}) => {
  const to = (status: string | undefined) =>
    hashOf(['signals'], withQuery(query, { status, offset: undefined, signal: undefined }));
  return (
    <nav class="severities" aria-label="Severities">
      <a href={to(undefined)} aria-current={chosen === null ? 'true' : undefined}>
        all {whole(total)}
      </a>
      {statuses.map(({ status, count }) => (
        <a key={status} href={to(status)} aria-current={chosen === status ? 'true' : undefined}>
          <Status text={status} /> {whole(count)}
        </a>
      ))}
    </nav>
  );
};
