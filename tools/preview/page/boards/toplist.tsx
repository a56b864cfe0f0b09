import type { ValuesResult } from '../../../datadog/evaluator/results.ts';
import { whole } from '../shell/format.ts';
import { Scrolling } from './scrolling.tsx';
import { ValueButton } from './value-button.tsx';
import type { OnPick } from './widget-view.tsx';

/** The most frequent values, each with a bar. */
export function Toplist({ title, result, onPick }: { title: string; result: ValuesResult; onPick: OnPick }) {
  const largest = Math.max(...result.values.map(({ count }) => count), 1);
  return (
    <Scrolling title={title}>
      <ol class="toplist">
        {result.values.map(({ value, count }) => (
          <li key={value}>
            <span class="bar" style={{ width: `${(100 * count) / largest}%` }} />
            <span class="count">{whole(count)}</span>
            <ValueButton facet={result.facet} value={value} onPick={onPick} />
          </li>
        ))}
      </ol>
    </Scrolling>
  );
}
