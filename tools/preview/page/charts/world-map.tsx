import { registerMap } from 'echarts/core';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ValuesResult } from '../../../datadog/evaluator/results.ts';
import { ValueButton } from '../boards/value-button.tsx';
import type { OnPick } from '../boards/widget-view.tsx';
import { whole } from '../shell/format.ts';
import { Chart, useTheme } from './chart.tsx';
import { WORLD, worldOption } from './options.ts';

const names = new Intl.DisplayNames('en', { type: 'region' });

/** The name of a country; the code itself when it is none. */
function nameOf(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code;
}

let loading: Promise<void> | undefined;

/** The outlines of all countries, loaded once. */
async function loadWorld(): Promise<void> {
  const response = await fetch('world.json');
  if (!response.ok) throw new Error(await response.text());
  registerMap(WORLD, (await response.json()) as Parameters<typeof registerMap>[1]);
}

/** Countries on a map, with a list of them. */
export function WorldMap({ title, result, onPick }: { title: string; result: ValuesResult; onPick: OnPick }) {
  const theme = useTheme();
  const [isLoaded, setLoaded] = useState(false);
  useEffect(() => {
    loading ??= loadWorld();
    loading.then(
      () => setLoaded(true),
      () => {
        loading = undefined;
      },
    );
  }, []);
  const option = useMemo(() => worldOption(result, theme, nameOf), [result, theme]);
  const { facet, values } = result;
  const pick = (value: string, at: { x: number; y: number }) => {
    if (values.some((each) => each.value === value)) onPick({ facet, value }, at);
  };
  return (
    <div class="charted map">
      {isLoaded ? (
        <Chart
          label={`${title}: ${values.length} countries`}
          option={option}
          onPick={({ name }, at) => pick(name, at)}
        />
      ) : (
        <div class="chart" />
      )}
      <ul class="legend">
        {values.map(({ value, count }) => (
          <li key={value} title={nameOf(value)}>
            <ValueButton facet={facet} value={value} onPick={onPick} />
            <span class="count">{whole(count)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
