import { dashboard } from './dashboard.ts';
import { monitor } from './monitor.ts';
import { pipeline } from './pipeline.ts';
import { rule } from './rule.ts';

/** The rules of each kind of content. */
export const KIND_RULES = { pipeline, dashboard, rule, monitor } as const;
