import type { TimeFrame } from '../../../datadog/evaluator/results.ts';
import { withQuery } from './address.ts';
import { time } from './format.ts';

const HOUR_MS = 3_600_000;

/** Time frames before the newest log, by what they are called. */
const SPANS: Readonly<Record<string, number>> = {
  'Last hour': HOUR_MS,
  'Last 4 hours': 4 * HOUR_MS,
  'Last day': 24 * HOUR_MS,
  'Last 2 days': 48 * HOUR_MS,
  'Last week': 168 * HOUR_MS,
};

const ALL = 'All logs';
const OTHER = 'As chosen';

/**
 * Chooses the time frame of a page, which is in the address as `from` and `to`.
 * @param span from the first to the last log that there is
 */
export function FramePicker({
  query,
  span,
  frame,
  onChange,
}: {
  query: URLSearchParams;
  span: TimeFrame;
  frame: TimeFrame;
  onChange: (query: URLSearchParams) => void;
}) {
  const isWhole = !query.has('from') && !query.has('to');
  const named = Object.entries(SPANS).find(
    ([, length]) => frame.to === span.to && frame.from === span.to - length,
  )?.[0];
  const current = isWhole ? ALL : (named ?? OTHER);
  const choose = (name: string) => {
    const length = SPANS[name];
    if (name === ALL) onChange(withQuery(query, { from: undefined, to: undefined }));
    else if (length) onChange(withQuery(query, { from: String(span.to - length), to: String(span.to) }));
  };
  return (
    <label class="choice">
      <span>Time</span>
      <select value={current} onChange={(event) => choose(event.currentTarget.value)}>
        {[ALL, ...Object.keys(SPANS), ...(current === OTHER ? [OTHER] : [])].map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <small class="frame">
        {time(frame.from)} – {time(frame.to)} UTC
      </small>
    </label>
  );
}
