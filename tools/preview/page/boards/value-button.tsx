import type { OnPick } from './widget-view.tsx';

/** A value of a facet, which opens its menu. */
export const ValueButton = ({ facet, value, onPick }: { facet: string; value: string; onPick: OnPick }) => (
  <button
    type="button"
    class="value"
    title={value}
    onClick={({ currentTarget }) => {
      const { left, bottom } = currentTarget.getBoundingClientRect();
      onPick({ facet, value }, { x: left, y: bottom });
    }}
  >
    {value || '(empty)'}
  </button>
);
