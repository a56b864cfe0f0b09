import { DEFAULT_INTERVAL_SECONDS, MAX_INTERVAL_SECONDS } from '../../limits.ts';
import type { FunctionSetting } from '../definition.ts';
import { count } from '../kinds.ts';

/** What the function knows of its schedule; the stack sets it. */
export const scheduleSettings = {
  interval: {
    environment: 'INTERVAL_SECONDS',
    value: count(1, MAX_INTERVAL_SECONDS),
    default: DEFAULT_INTERVAL_SECONDS,
    description: 'The longest time between two scheduled runs; run summaries measure the lag by it.',
    example: { environment: '3600' },
  },
} as const satisfies Record<string, FunctionSetting>;
