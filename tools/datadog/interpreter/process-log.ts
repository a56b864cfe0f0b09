import type {
  LogsPipeline,
  NestedPipeline,
  OfficialRemapper,
  Processor,
} from '../../../infra/datadog/types.ts';
import type { JsonObject } from '../../../lambda/shared/json.ts';
import { type ProcessedLog, receive } from './log.ts';
import { NotModelled } from './not-modelled.ts';
import {
  buildText,
  calculateNumber,
  categorise,
  describe,
  parseText,
  remapAttribute,
  remapOfficial,
  translate,
} from './pipeline/processors.ts';
import { matches } from './query/match.ts';

/** Input of the interpreter that is not in the log. */
export interface Surroundings {
  /** When the log arrives, epoch milliseconds: the date of a log that no pipeline dates. */
  now: number;
  /** Locations of IP addresses, by address; other addresses get no `geoip`. */
  geoIp?: Readonly<Record<string, unknown>>;
  /** Details of user agents, by their text; other agents get none. */
  userAgents?: Readonly<Record<string, unknown>>;
  /**
   * Which of several remappers of the same kind decides over the date, status, service or message. Datadog's
   * documentation says the first in one place and the last in another, so content must not depend on it. The last by
   * default.
   */
  decidingRemapper?: 'first' | 'last';
}

type Run = Surroundings & { log: ProcessedLog; decided: Set<OfficialRemapper['type']> };

/**
 * Processes a posted log as Datadog does: the intake, then every pipeline whose filter matches, in order.
 * @param pipelines of an organisation, in their order
 * @param posted one log of a posted array, parsed; it is left as it is
 * @throws {NotModelled} when a pipeline uses a processor, an option or a syntax that is not modelled here
 */
export function processLog(
  pipelines: readonly LogsPipeline[],
  posted: Readonly<JsonObject>,
  surroundings: Surroundings,
): ProcessedLog {
  const run: Run = { ...surroundings, log: receive(posted, surroundings.now), decided: new Set() };
  for (const pipeline of pipelines) runPipeline(pipeline, run);
  return run.log;
}

/** The filter is evaluated once, before the first processor. */
function runPipeline(pipeline: LogsPipeline | NestedPipeline, run: Run): void {
  if (!pipeline.is_enabled || !matches(pipeline.filter.query, run.log)) return;
  for (const processor of pipeline.processors) {
    if (processor.type === 'pipeline') runPipeline(processor, run);
    else if (processor.is_enabled) runProcessor(processor, run);
  }
}

function runProcessor(processor: Processor, run: Run): void {
  const { log } = run;
  switch (processor.type) {
    case 'grok-parser':
      parseText(log, processor);
      break;
    case 'attribute-remapper':
      remapAttribute(log, processor);
      break;
    case 'date-remapper':
    case 'status-remapper':
    case 'service-remapper':
    case 'message-remapper':
      decide(processor, run);
      break;
    case 'category-processor':
      categorise(log, processor);
      break;
    case 'arithmetic-processor':
      calculateNumber(log, processor);
      break;
    case 'string-builder-processor':
      buildText(log, processor);
      break;
    case 'lookup-processor':
      translate(log, processor);
      break;
    case 'geo-ip-parser':
      describe(log, processor, run.geoIp ?? {});
      break;
    case 'user-agent-parser':
      describe(log, processor, run.userAgents ?? {});
      break;
    default:
      throw new NotModelled(`the processor ${(processor as { type: string }).type}`);
  }
}

function decide(processor: OfficialRemapper, { log, decided, decidingRemapper }: Run): void {
  if (decidingRemapper === 'first' && decided.has(processor.type)) return;
  if (remapOfficial(log, processor)) decided.add(processor.type);
}
