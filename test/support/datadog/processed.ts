import type { LogsPipeline, Processor } from '../../../infra/datadog/types.ts';
import { processLog } from '../../../tools/datadog/interpreter/process-log.ts';

export const NOW = 1_767_000_000_000;

export const pipeline = (processors: LogsPipeline['processors'], query = '*'): LogsPipeline => ({
  name: 'test',
  is_enabled: true,
  filter: { query },
  processors,
});

/** Attributes that every processor needs. */
export const on = { name: 'test', is_enabled: true } as const;

/** A log after these processors. */
export const run = (log: Record<string, unknown>, ...processors: Processor[]) =>
  processLog([pipeline(processors)], log, { now: NOW });

export const attributesAfter = (log: Record<string, unknown>, ...processors: Processor[]) =>
  run(log, ...processors).attributes;
