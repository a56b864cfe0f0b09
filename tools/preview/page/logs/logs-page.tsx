import { useCallback, useEffect, useState } from 'preact/hooks';
import { type FoundLogs, LONGEST_QUERY_CHARACTERS } from '../../explore/answers.ts';
import { go, withQuery } from '../shell/address.ts';
import { useAnswer } from '../shell/answer.ts';
import { counted } from '../shell/format.ts';
import { FramePicker } from '../shell/frame.tsx';
import type { PageProps } from '../shell/pages.ts';
import { FacetList } from './facet-list.tsx';
import { HistogramView } from './histogram.tsx';
import { LogPanel } from './log-panel.tsx';
import { LogTable } from './log-table.tsx';
import { toggled } from './terms.ts';
import './logs.css';

/** What of the address is a search; the rest is what is open on the page. */
const SEARCH = ['query', 'from', 'to'];

/** Logs by a search in Datadog's syntax. */
export function LogsPage({
  address: { query },
  boards: {
    data: { span },
  },
}: PageProps) {
  const search = new URLSearchParams([...query].filter(([name]) => SEARCH.includes(name)));
  const text = query.get('query') ?? '';
  const { value: found, error, isLoading } = useAnswer<FoundLogs>('api/logs', search);
  const frame = { from: Number(query.get('from') ?? span.from), to: Number(query.get('to') ?? span.to) };
  const change = (changed: URLSearchParams) => go(['logs'], changed);
  const ask = (next: string) => change(withQuery(query, { query: next || undefined, log: undefined }));
  const opened = query.get('log');
  const key = query.toString();
  const open = useCallback(
    (id: number | undefined) =>
      go(['logs'], withQuery(new URLSearchParams(key), { log: id === undefined ? undefined : String(id) })),
    [key],
  );
  return (
    <>
      <h1 class="hidden-text">Logs</h1>
      <SearchBox text={text} error={error} onAsk={ask} />
      <div class="choices">
        <FramePicker query={query} span={span} frame={frame} onChange={change} />
        <output>
          {found ? counted(found.total, 'log') : ' '}
          {isLoading ? ' …' : ''}
        </output>
      </div>
      {found && found.absent.length > 0 && <p class="hint">{absentText(found.absent)}</p>}
      <HistogramView
        histogram={found?.histogram}
        onFrame={(from, to) => change(withQuery(query, { from: String(from), to: String(to) }))}
      />
      <div class="explorer">
        <FacetList search={search} query={text} onTerm={(term) => ask(toggled(text, term))} />
        {found && <LogTable key={search.toString()} first={found} search={search} onOpen={open} />}
      </div>
      {opened !== null && (
        <LogPanel id={opened} onTerm={(term) => ask(toggled(text, term))} onClose={() => open(undefined)} />
      )}
    </>
  );
}

const absentText = (facets: readonly string[]): string =>
  `No log has ${facets.join(' or ')}. Names and values count with their case; press a value of a facet to see how it is written.`;

/** The search, with what is wrong with it below. */
function SearchBox({
  text,
  error,
  onAsk,
}: {
  text: string;
  error: string | undefined;
  onAsk: (text: string) => void;
}) {
  const [draft, setDraft] = useState(text);
  useEffect(() => setDraft(text), [text]);
  return (
    <form
      class="search"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(draft.trim());
      }}
    >
      <label for="search">Search</label>
      <input
        id="search"
        type="search"
        value={draft}
        maxLength={LONGEST_QUERY_CHARACTERS}
        placeholder="service:alerts @alert_type_details.severity:(Critical OR High)"
        autocomplete="off"
        spellcheck={false}
        aria-invalid={error !== undefined}
        aria-describedby="search-problem"
        onInput={({ currentTarget }) => setDraft(currentTarget.value)}
      />
      <button type="submit">Search</button>
      <p id="search-problem" role="alert">
        {error}
      </p>
    </form>
  );
}
