import { useMemo } from 'preact/hooks';
import type { SeriesResult } from '../../../datadog/evaluator/results.ts';
import type { OnPick } from '../boards/widget-view.tsx';
import { Chart, useTheme } from './chart.tsx';
import { Legend } from './legend.tsx';
import { barsOption } from './options.ts';

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

/** Bars over time, stacked, with a legend. */
export function Bars({ title, result, onPick }: { title: string; result: SeriesResult; onPick: OnPick }) {
  const theme = useTheme();
  const option = useMemo(() => barsOption(result, theme), [result, theme]);
  const { starts, step, series, facet } = result;
  return (
    <div class="charted">
      <Chart
        label={`${title}: ${series.length} kinds of bars over time`}
        option={option}
        onPick={({ seriesName, dataIndex }, at) => {
          const from = starts[dataIndex] ?? 0;
          onPick({ facet, value: facet && seriesName, bar: { from, to: from + step } }, at);
        }}
      />
      <Legend
        facet={facet}
        theme={theme}
        values={series.map(({ name, counts }) => ({ name, count: sum(counts) }))}
        onPick={onPick}
      />
    </div>
  );
}
