import type { JsonObject } from '../shared/json.ts';

/** What can be installed in a Datadog organisation. */
export const CONTENT_KINDS = ['pipeline', 'dashboard', 'rule', 'monitor'] as const;

export type ContentKind = (typeof CONTENT_KINDS)[number];

/** One item to install. */
export interface ContentItem {
  kind: ContentKind;
  /** Stable name within its kind, independent of its title: lower-case words joined by hyphens. */
  key: string;
  /** The body with which Datadog's API creates it. */
  body: JsonObject;
}
