import type {
  ArithmeticProcessor,
  AttributeRemapper,
  CategoryProcessor,
  GeoIpParser,
  GrokParser,
  LookupProcessor,
  OfficialRemapper,
  StringBuilderProcessor,
  UserAgentParser,
} from '../../../../infra/datadog/types.ts';
import { copyOf, type ProcessedLog } from '../log.ts';
import { NotModelled } from '../not-modelled.ts';
import { plainValuesAt, removeAt, setAt, valueAt } from '../paths.ts';
import { matches } from '../query/match.ts';
import { statusOf } from '../status.ts';
import { calculate } from './arithmetic.ts';
import { grok } from './grok.ts';

/**
 * What each processor does to a log, which it changes. Semantics: Datadog documentation, "Processors", and the published
 * sample logs with results of Datadog's own integrations.
 */

/** Maximum length of a text of the string builder, in characters. */
const MAX_BUILT_CHARACTERS = 256;

/** The first source that exists. */
function firstSource(log: ProcessedLog, sources: readonly string[]) {
  const source = sources.find((path) => valueAt(log.attributes, path) !== undefined);
  return source === undefined ? undefined : { source, value: valueAt(log.attributes, source) };
}

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

export function parseText(
  log: ProcessedLog,
  { source, grok: { match_rules, support_rules } }: GrokParser,
): void {
  if (support_rules !== '') throw new NotModelled('support rules of a grok parser');
  const text = source === 'message' ? log.message : valueAt(log.attributes, source);
  if (typeof text !== 'string') return;
  for (const [path, value] of grok(match_rules, text)) setAt(log.attributes, path, value);
}

export function remapAttribute(log: ProcessedLog, processor: AttributeRemapper): void {
  if (processor.source_type !== 'attribute' || processor.target_type !== 'attribute') {
    throw new NotModelled('remapping from or to tags');
  }
  const { target, preserve_source, override_on_conflict } = processor;
  const found = firstSource(log, processor.sources);
  if (!found) return;
  const free = valueAt(log.attributes, target) === undefined;
  // The source is removed even if the target is set and stays unchanged.
  if (!preserve_source) removeAt(log.attributes, found.source);
  if (free || override_on_conflict) setAt(log.attributes, target, found.value);
}

/** A date as epoch milliseconds; undefined if Datadog would not understand it, or its behaviour is unknown. */
function dateOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const isIso = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value);
  const date = isIso ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : date;
}

/**
 * Remappers of date, status and service keep their source; that of the message removes it.
 * @returns whether a source was there
 */
export function remapOfficial(log: ProcessedLog, { type, sources }: OfficialRemapper): boolean {
  const found = firstSource(log, sources);
  if (!found) return false;
  switch (type) {
    case 'date-remapper':
      log.timestamp = dateOf(found.value) ?? log.timestamp;
      break;
    case 'status-remapper':
      log.status = statusOf(found.value);
      break;
    case 'service-remapper':
      log.service = asText(found.value);
      break;
    case 'message-remapper':
      log.message = asText(found.value);
      removeAt(log.attributes, found.source);
      break;
  }
  return true;
}

export function categorise(log: ProcessedLog, { categories, target }: CategoryProcessor): void {
  const category = categories.find(({ filter }) => matches(filter.query, log));
  if (category) setAt(log.attributes, target, category.name);
}

export function calculateNumber(log: ProcessedLog, processor: ArithmeticProcessor): void {
  if (processor.is_replace_missing)
    throw new NotModelled('an arithmetic processor that replaces what is missing');
  const result = calculate(processor.expression, (path) => {
    const value = valueAt(log.attributes, path);
    return typeof value === 'number' ? value : undefined;
  });
  if (result !== undefined) setAt(log.attributes, processor.target, result);
}

/** Lists of values are joined by commas; objects give nothing. An empty text leaves the target as it is. */
export function buildText(log: ProcessedLog, processor: StringBuilderProcessor): void {
  const { template, target, is_replace_missing } = processor;
  let missing = false;
  const text = template.replace(/%\{([^{}]+)\}/g, (_, path: string) => {
    const values = plainValuesAt(log.attributes, path);
    if (values.length === 0) missing = true;
    return values.join(',');
  });
  if (text === '' || (missing && !is_replace_missing)) return;
  setAt(log.attributes, target, text.slice(0, MAX_BUILT_CHARACTERS));
}

const knownTables = new WeakMap<LookupProcessor, ReadonlyMap<string, string>>();

/** The first row of a key counts. */
function tableOf(processor: LookupProcessor): ReadonlyMap<string, string> {
  const table =
    knownTables.get(processor) ??
    new Map(
      processor.lookup_table
        .map((line) => {
          const comma = line.indexOf(',');
          return [line.slice(0, comma).trim(), line.slice(comma + 1).trim()] as const;
        })
        .reverse(),
    );
  knownTables.set(processor, table);
  return table;
}

export function translate(log: ProcessedLog, processor: LookupProcessor): void {
  const { source, target, default_lookup } = processor;
  const [value] = plainValuesAt(log.attributes, source);
  if (value === undefined) return;
  const result = tableOf(processor).get(String(value).trim()) ?? default_lookup;
  if (result !== undefined) setAt(log.attributes, target, result);
}

/**
 * Sets the details of a value from a table, as the parsers of IP addresses and user agents do with their databases.
 * @param known details by value; a value that is not there gets none
 */
export function describe(
  log: ProcessedLog,
  { sources, target }: GeoIpParser | UserAgentParser,
  known: Readonly<Record<string, unknown>>,
): void {
  const found = firstSource(log, sources);
  if (typeof found?.value === 'string' && Object.hasOwn(known, found.value)) {
    setAt(log.attributes, target, copyOf(known[found.value]));
  }
}
