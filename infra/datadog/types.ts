/**
 * Bodies of Datadog's logs pipelines API, as far as this product's content uses them.
 * Source: Datadog API reference, "Logs Pipelines" (v1); all names are Datadog's.
 */

/**
 * Every processor states that it is enabled, because by default Datadog disables it.
 */
interface Enabled {
  name: string;
  is_enabled: true;
}

/** Extracts attributes from text. The rules are tried from top to bottom, each against the whole text. */
export interface GrokParser extends Enabled {
  type: 'grok-parser';
  /** `message`, or the path of an attribute. */
  source: string;
  /** Examples for the readers of the rules in Datadog; 5 at most. */
  samples: readonly string[];
  grok: {
    /** One rule a line, its name first; 10 at most. */
    match_rules: string;
    support_rules: string;
  };
}

/** Moves or copies the first source that exists. */
export interface AttributeRemapper extends Enabled {
  type: 'attribute-remapper';
  sources: readonly string[];
  source_type: 'attribute';
  target: string;
  target_type: 'attribute';
  preserve_source: boolean;
  override_on_conflict: boolean;
}

/** Makes an attribute the log's official date, status, service or message. */
export interface OfficialRemapper extends Enabled {
  type: 'date-remapper' | 'status-remapper' | 'service-remapper' | 'message-remapper';
  sources: readonly string[];
}

/** Sets the target to the name of the first category whose query the log matches. */
export interface CategoryProcessor extends Enabled {
  type: 'category-processor';
  categories: readonly { filter: { query: string }; name: string }[];
  target: string;
}

/** Calculates a number from attributes: `alert.creationTimestamp * 1000`. */
export interface ArithmeticProcessor extends Enabled {
  type: 'arithmetic-processor';
  /** A minus needs a space on each side, because names may hold one. */
  expression: string;
  target: string;
  /** Whether a missing attribute counts as 0; otherwise the target is not set. */
  is_replace_missing: boolean;
}

/** Replaces the target by a text made of attributes, `%{path}`. */
export interface StringBuilderProcessor extends Enabled {
  type: 'string-builder-processor';
  template: string;
  target: string;
  /** Whether a missing attribute counts as the empty text; otherwise the target is not set. */
  is_replace_missing: boolean;
}

/** Translates a value by a table. */
export interface LookupProcessor extends Enabled {
  type: 'lookup-processor';
  source: string;
  target: string;
  /** `key,value` each. */
  lookup_table: readonly string[];
  /** For values that are not in the table. */
  default_lookup?: string;
}

/** Looks up where an IP address is. */
export interface GeoIpParser extends Enabled {
  type: 'geo-ip-parser';
  sources: readonly string[];
  target: string;
}

/** Derives browser, system and device from a user agent. */
export interface UserAgentParser extends Enabled {
  type: 'user-agent-parser';
  sources: readonly string[];
  target: string;
  /** Whether the value is URL-encoded. */
  is_encoded: boolean;
}

export type Processor =
  | GrokParser
  | AttributeRemapper
  | OfficialRemapper
  | CategoryProcessor
  | ArithmeticProcessor
  | StringBuilderProcessor
  | LookupProcessor
  | GeoIpParser
  | UserAgentParser;

/** A pipeline within a pipeline; it holds no further one. */
export interface NestedPipeline extends Enabled {
  type: 'pipeline';
  filter: { query: string };
  processors: readonly Processor[];
}

/** A pipeline: the logs that match the filter pass through the processors in order. */
export interface LogsPipeline extends Enabled {
  filter: { query: string };
  processors: readonly (Processor | NestedPipeline)[];
}
