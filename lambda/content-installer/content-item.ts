import type { JsonObject } from '../shared/json.ts';

/** What can be installed in a Datadog organisation. */
export const CONTENT_KINDS = ['pipeline', 'dashboard', 'rule', 'monitor'] as const;

export type ContentKind = (typeof CONTENT_KINDS)[number];

/** One thing to be installed. */
export interface ContentItem {
  kind: ContentKind;
  /** Stable name within its kind, whatever title the thing has: lower-case words joined by hyphens. */
  key: string;
  /** What Datadog's API takes to create it. */
  body: JsonObject;
}
