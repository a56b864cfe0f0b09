import { useMemo } from 'preact/hooks';
import type { ValuesResult } from '../../../datadog/evaluator/results.ts';
import type { OnPick } from '../boards/widget-view.tsx';
import { Chart, useTheme } from './chart.tsx';
import { Legend } from './legend.tsx';
import { ringOption } from './options.ts';

/** The shares of a few values, with a legend. */
export function Ring({ title, result, onPick }: { title: string; result: ValuesResult; onPick: OnPick }) {
  const theme = useTheme();
  const option = useMemo(() => ringOption(result, theme), [result, theme]);
  const { facet, values } = result;
  return (
    <div class="charted sided">
      <Chart
        label={`${title}: ${values.length} shares`}
        option={option}
        onPick={({ name }, at) => onPick({ facet, value: name }, at)}
      />
      <Legend
        facet={facet}
        theme={theme}
        values={values.map(({ value, count }) => ({ name: value, count }))}
        onPick={onPick}
      />
    </div>
  );
}
