import { PRIMARY_EVENT } from '../facts.ts';
import type {
  ArithmeticProcessor,
  AttributeRemapper,
  CategoryProcessor,
  GeoIpParser,
  GrokParser,
  LookupProcessor,
  NestedPipeline,
  OfficialRemapper,
  Processor,
  StringBuilderProcessor,
  UserAgentParser,
} from '../types.ts';

/** Builders of the processors of this pipeline. They offer only the options that it needs. */

const enabled = (name: string) => ({ name, is_enabled: true }) as const;

/** Moves the first of some attributes that a log has, unless the target is set already. */
export const moveFirst = (from: readonly string[], to: string): AttributeRemapper => ({
  ...enabled(`${from.join(' or ')} to ${to}`),
  type: 'attribute-remapper',
  sources: from,
  source_type: 'attribute',
  target: to,
  target_type: 'attribute',
  preserve_source: false,
  override_on_conflict: false,
});

/** Moves an attribute, unless the target is set already. */
export const move = (from: string, to: string): AttributeRemapper => moveFirst([from], to);

/**
 * Removes an attribute with everything below it: a remapper whose target is already set removes its source and does not
 * change the target.
 * @param alwaysSet an attribute that every log has
 */
export const remove = (attribute: string, alwaysSet: string): AttributeRemapper => ({
  ...move(attribute, alwaysSet),
  ...enabled(`Remove ${attribute}`),
});

const official =
  (type: OfficialRemapper['type'], what: string) =>
  (source: string): OfficialRemapper => ({
    ...enabled(`${source} is the ${what} of the log`),
    type,
    sources: [source],
  });

export const dateFrom = official('date-remapper', 'date');
export const statusFrom = official('status-remapper', 'status');
export const messageFrom = official('message-remapper', 'message');

/** Sets the target to a number calculated from attributes, if all of them exist. */
export const calculate = (expression: string, target: string): ArithmeticProcessor => ({
  ...enabled(`${target} = ${expression}`),
  type: 'arithmetic-processor',
  expression,
  target,
  is_replace_missing: false,
});

/** Replaces the target by an attribute as text, if the attribute exists and is not empty; at most 256 characters. */
export const copyText = (from: string, to: string): StringBuilderProcessor => ({
  ...enabled(`${from} to ${to}`),
  type: 'string-builder-processor',
  template: `%{${from}}`,
  target: to,
  is_replace_missing: false,
});

/** Translates a value by a table, value for value; another value leaves the target unset. */
export const translate = (
  source: string,
  target: string,
  table: Readonly<Record<string, string>>,
): LookupProcessor => ({
  ...enabled(`${target} by ${source}`),
  type: 'lookup-processor',
  source,
  target,
  lookup_table: Object.entries(table).map(([value, result]) => `${value},${result}`),
});

/**
 * Sets the target to the first category whose query matches, if any does.
 * @param categories name and query of each, in the order in which they are tried
 */
export const categorise = (
  target: string,
  categories: Readonly<Record<string, string>>,
): CategoryProcessor => ({
  ...enabled(`Set ${target}`),
  type: 'category-processor',
  target,
  categories: Object.entries(categories).map(([name, query]) => ({ name, filter: { query } })),
});

/**
 * Extracts attributes from text.
 * @param rules by their names, in the order in which they are tried; each must match the whole text
 * @param samples texts that the rules match
 */
export const parse = (
  source: string,
  rules: Readonly<Record<string, string>>,
  samples: readonly string[],
): GrokParser => ({
  ...enabled(`Parse ${source}`),
  type: 'grok-parser',
  source,
  samples,
  grok: {
    match_rules: Object.entries(rules)
      .map(([name, rule]) => `${name} ${rule}`)
      .join('\n'),
    support_rules: '',
  },
});

/** Country, city and more of the address at `<path>.ip`, as `<path>.geoip`. */
const locate = (path: string): GeoIpParser => ({
  ...enabled(`Where ${path}.ip is`),
  type: 'geo-ip-parser',
  sources: [`${path}.ip`],
  target: `${path}.geoip`,
});

export const LOCATE_CLIENT = locate('network.client');
export const LOCATE_PRIMARY_EVENT = locate(PRIMARY_EVENT);

/** Browser, system and device of the client. */
export const PARSE_USER_AGENT: UserAgentParser = {
  ...enabled('What http.useragent is'),
  type: 'user-agent-parser',
  sources: ['http.useragent'],
  target: 'http.useragent_details',
  is_encoded: false,
};

/** The processors for the logs that a query matches. */
export const branch = (name: string, query: string, processors: readonly Processor[]): NestedPipeline => ({
  ...enabled(name),
  type: 'pipeline',
  filter: { query },
  processors,
});
