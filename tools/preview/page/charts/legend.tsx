import { ValueButton } from '../boards/value-button.tsx';
import type { OnPick } from '../boards/widget-view.tsx';
import { whole } from '../shell/format.ts';
import { type Theme, valueColour } from './options.ts';

/** The values of a chart with their numbers, so that it can be read without its colours, and used without a mouse. */
export const Legend = ({
  facet,
  values,
  theme,
  onPick,
}: {
  facet: string | undefined;
  values: readonly { name: string; count: number }[];
  theme: Theme;
  onPick: OnPick;
}) => (
  <ul class="legend">
    {values.map(({ name, count }, index) => (
      <li key={name}>
        <span class="swatch" style={{ background: valueColour(theme, facet, name, index) }} />
        {facet === undefined ? (
          <span class="value">{name}</span>
        ) : (
          <ValueButton facet={facet} value={name} onPick={onPick} />
        )}
        <span class="count">{whole(count)}</span>
      </li>
    ))}
  </ul>
);
