import type { ValueResult } from '../../../datadog/evaluator/results.ts';
import { short, whole } from '../shell/format.ts';

/** One number, coloured as its formats say. */
export const QueryValueView = ({ result: { value, palette } }: { result: ValueResult }) => (
  <p class={`number ${palette ?? ''}`} title={value === undefined ? '' : whole(value)}>
    {value === undefined ? '–' : short(value)}
  </p>
);
